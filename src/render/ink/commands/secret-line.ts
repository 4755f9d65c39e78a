import { splitWords } from '../words.js';

const MASK = '•••';
/** `user:password@` of a URL, and parameters that hold a credential. */
const URL_SECRET =
  /(:\/\/)[^\s/@]+@|([?&][^\s=&]*(?:auth|token|key|secret|session|pass|jwt|sig)[^\s=&]*=)[^\s&"']+/gi;

/** True for an input that may hold a credential; it stays out of the history of prompts. */
export function isSecretLine(text: string): boolean {
  const line = text.trimStart();
  if (!line.startsWith('/') && !line.startsWith('!')) return false;
  return maskSecrets(line) !== line || /^\/(?:servers|mcp)\s+auth\s+\S+\s+\S/i.test(line);
}

/** The line as it may be shown: values of headers and passwords in URLs are covered. */
export function maskSecrets(line: string): string {
  let masked = '';
  let at = 0;
  let state: State = 'plain';
  for (const word of splitWords(line)) {
    state = nextState(word.value, state);
    const raw = line.slice(word.start, word.end);
    masked += line.slice(at, word.start) + maskWord(raw, state);
    // A header that is not in quotes goes on with the next word.
    if (state === 'header' && !/[:=]$/.test(word.value) && word.quoted) state = 'plain';
    at = word.end;
  }
  return masked + line.slice(at);
}

type State = 'plain' | 'flag' | 'header';

function nextState(value: string, before: State): State {
  if (value === '-H' || value === '--header') return 'flag';
  if (/^(?:-H.|--header=)/s.test(value)) return 'header';
  if (before === 'flag') return 'header';
  return before === 'header' && /^(?:--?[a-z]|https?:)/i.test(value) ? 'plain' : before;
}

function maskWord(raw: string, state: State): string {
  if (state === 'header') return maskHeader(raw);
  return raw.replaceAll(URL_SECRET, (_, scheme: string | undefined, name: string | undefined) =>
    scheme === undefined ? `${name ?? ''}${MASK}` : `${scheme}${MASK}@`,
  );
}

/** `"Authorization: •••"`: the name stays, everything behind it goes. */
function maskHeader(raw: string): string {
  const colon = raw.indexOf(':');
  if (colon < 0) return MASK;
  const quote = /["']/.exec(raw.slice(0, colon))?.[0] ?? '';
  return `${raw.slice(0, colon + 1)} ${MASK}${quote}`;
}
