import { REDACTED, redact, registerSecret } from '../../core/redact.js';

/** Knows the good tokens, and what was made of them: a token with its last character changed gives the rest away. */
export interface SecretRuns {
  /** Remembers a token. */
  add: (token: string) => void;
  /** Registers the words of a text that hold a good part of a token, wherever they are echoed. */
  register: (text: string) => void;
  /** A header's value as it may be shown: without secrets and all words that hold four characters of one. */
  mask: (value: string) => string;
}

/** Characters in a row that give a part of a token away, in a header that carries it. */
const SHOWN_RUN = 4;
const WORD = /[^\s,;&="'(){}[\]<>]+/g;

export function createSecretRuns(): SecretRuns {
  const tokens = new Set<string>();
  const holds = (word: string, run: (token: string) => number) => {
    const lower = word.toLowerCase();
    return [...tokens].some((token) => hasRun(lower, token, run(token)));
  };
  return {
    add(token) {
      if (token.length < SHOWN_RUN) return;
      tokens.add(token.toLowerCase());
      registerSecret(token);
    },
    register(text) {
      const long = (token: string) => Math.max(6, Math.ceil(token.length / 3));
      for (const [word] of redact(text).slice(0, 16_384).matchAll(WORD)) {
        if (!word.includes(REDACTED) && holds(word, long)) registerSecret(word);
      }
    },
    mask: (value) =>
      redact(value).replaceAll(WORD, (word) =>
        word !== REDACTED && holds(word.replaceAll(REDACTED, ' '), () => SHOWN_RUN)
          ? REDACTED
          : word,
      ),
  };
}

/** True when the word and the token have this many characters in a row in common; both in lower case. */
function hasRun(word: string, token: string, length: number): boolean {
  if (word.length < length || token.length < length) return false;
  const runs = new Set<string>();
  for (let at = 0; at + length <= token.length; at += 1) runs.add(token.slice(at, at + length));
  for (let at = 0; at + length <= word.length; at += 1) {
    if (runs.has(word.slice(at, at + length))) return true;
  }
  return false;
}
