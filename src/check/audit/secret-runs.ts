import { REDACTED, redact, registerSecret } from '../../core/redact.js';

/** Knows the good tokens, and what was made of them: a token with its last character changed gives the rest away. */
export interface SecretRuns {
  /** Remembers a token. */
  add: (token: string) => void;
  /** Registers the words of a text that hold a good part of a token, so that no echo of them is shown. */
  register: (text: string) => void;
  /** A header's value as it may be shown: without secrets and all words that hold four characters of one. */
  mask: (value: string) => string;
}

/** Characters in a row that give a part of a token away, in a header that carries it. */
const SHOWN_RUN = 4;
/** In text of any kind; fewer occur by chance. */
const LONG_RUN = 10;
const WORD = /[^\s,;&?="'(){}[\]<>]+/g;
const MAX_CHARS = 16_384;

export function createSecretRuns(): SecretRuns {
  const tokens = new Set<string>();
  const hasRun = createRunFinder();
  /** True for a word that holds so many characters of a token, as they are or in base64. */
  const holds = (word: string, run: (token: string) => number) => {
    const texts = [word.toLowerCase(), fromBase64(word).toLowerCase()];
    return [...tokens].some((token) => texts.some((text) => hasRun(text, token, run(token))));
  };
  return {
    add(token) {
      if (token.length < SHOWN_RUN) return;
      tokens.add(token.toLowerCase());
      registerSecret(token);
    },
    register(text) {
      for (const [word] of redact(text).slice(0, MAX_CHARS).matchAll(WORD)) {
        if (!word.includes(REDACTED) && holds(word, longRun)) registerSecret(word);
      }
    },
    mask: (value) =>
      redact(value)
        .split(REDACTED)
        .map((part) =>
          part.replaceAll(WORD, (word) => (holds(word, () => SHOWN_RUN) ? REDACTED : word)),
        )
        .join(REDACTED),
  };
}

/** A third of a long token, ten characters of a shorter one, nearly all of a short one. */
function longRun({ length }: string): number {
  return Math.min(Math.max(LONG_RUN, Math.ceil(length / 3)), length - 1);
}

function fromBase64(word: string): string {
  return /^[A-Za-z0-9+/_-]{8,}$/.test(word) ? Buffer.from(word, 'base64').toString('latin1') : '';
}

/** Tells whether a word and a token have so many characters in a row in common; both in lower case. */
function createRunFinder(): (word: string, token: string, length: number) => boolean {
  const known = new Map<string, readonly string[]>();
  const runsOf = (token: string, length: number) => {
    const key = `${length} ${token}`;
    const runs = known.get(key) ?? slices(token, length);
    known.set(key, runs);
    return runs;
  };
  return (word, token, length) =>
    word.length >= length && runsOf(token, length).some((run) => word.includes(run));
}

function slices(text: string, length: number): string[] {
  const count = Math.max(0, text.length - length + 1);
  return Array.from({ length: count }, (_, at) => text.slice(at, at + length));
}
