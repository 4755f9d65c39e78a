import { REDACTED } from '../core/redact.js';
import { TOKEN } from './edit/literal-secrets.js';
import { argumentSecrets, isSecretParameter } from './secrets.js';

/**
 * Only what has the form of a credential is hidden, and only in its own place: nobody may hide a
 * command by calling it a token.
 */
const CREDENTIAL = /^(?:(?:Bearer|Basic|Token)\s+)?[^\s;|&$`<>(){}'"\\*?!]+$/i;

/** A command's words for display: the values of options with secret names, and tokens, are taken out. */
export function maskWords(words: readonly string[]): string[] {
  const secrets = new Map(argumentSecrets(words).map(({ at, value }) => [at, value]));
  return words.map((word, at) => {
    const secret = secrets.get(at);
    if (secret !== undefined && CREDENTIAL.test(secret)) {
      return word.slice(0, word.length - secret.length) + REDACTED;
    }
    return TOKEN.test(word) && CREDENTIAL.test(word) ? REDACTED : maskUrlText(word);
  });
}

/** A URL for display, references in it kept: its password and the values of secret parameters are taken out. */
export function maskUrlText(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return text
    .replace(/^([^/]*\/\/)([^/?#\s@]+)@/, (whole, scheme: string, user: string) =>
      isReference(user) ? whole : `${scheme}${REDACTED}@`,
    )
    .replaceAll(/([?&])([^=&#]+)=([^&#]*)/g, (whole, mark: string, name: string, value: string) =>
      !isSecretParameter(name) || value === '' || isReference(value)
        ? whole
        : `${mark}${name}=${REDACTED}`,
    );
}

function isReference(value: string): boolean {
  return /^(?:\$\{[^}]*\}|\$\w+|:)+$/.test(value);
}
