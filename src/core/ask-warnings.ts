import { domainToUnicode } from 'node:url';
import type { FormField } from './asks.js';
import { toTerminalLine } from './terminal-text.js';

/**
 * What a person should see before opening a page somebody else chose: not encrypted, a name in other
 * letters (IDN). Each one line, safe for a terminal (client/elicitation#security-considerations).
 */
export function pageWarnings(url: string): readonly string[] {
  const { protocol, hostname } = new URL(url);
  const warnings: string[] = [];
  if (protocol === 'http:') warnings.push('This page is not encrypted (http).');
  if (/(?:^|\.)xn--/i.test(hostname)) {
    const shown = toTerminalLine(domainToUnicode(hostname));
    warnings.push(`This name is in other letters, which can look like those of another: ${shown}`);
  }
  return warnings;
}

const SECRET =
  /pass(?:word|wd|phrase|code)|secret|token|api.?key|private.?key|credential|(?:^|[^a-z])(?:pin|otp|cvv|cvc|ssn|iban)(?:[^a-z]|$)|card.?number|security.?code/i;

/** Whether a form asks for what servers must not ask for in forms. */
export function looksSecret({ name, title = '', description = '' }: FormField): boolean {
  return [name, title, description].some((text) => SECRET.test(text));
}
