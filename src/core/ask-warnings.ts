import { domainToUnicode } from 'node:url';
import type { FormField } from './asks.js';
import { toTerminalLine } from './terminal-text.js';

/**
 * What a person should see before opening a page somebody else chose: not encrypted, a name in other
 * letters (IDN). Each one line, safe for a terminal (client/elicitation#security-considerations).
 */
export function pageWarnings(url: string): readonly string[] {
  const { protocol, hostname, username, password } = new URL(url);
  const warnings: string[] = [];
  if (protocol === 'http:') warnings.push('This page is not encrypted (http).');
  if (/(?:^|\.)xn--/i.test(hostname)) {
    const shown = toTerminalLine(domainToUnicode(hostname));
    warnings.push(`This name is in other letters, which can look like those of another: ${shown}`);
    if (shown.split('.').some(isMixed)) warnings.push('One name mixes letters of several scripts.');
  }
  if (username !== '' || password !== '') {
    warnings.push('What stands before the host is no part of its name.');
  }
  return warnings;
}

/** Scripts whose letters are taken for each other's (UTS 39, 4). */
const ALIKE = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

function isMixed(label: string): boolean {
  return ALIKE.filter((letters) => letters.test(label)).length > 1;
}

const SECRET =
  /pass(?:word|wd|phrase|code)|secret|token|api.?key|private.?key|access.?key|credential|card.?number|security.?code/i;
/** Words that mean one in a name, and many things in a sentence. */
const SECRET_NAME = /(?:^|[^a-z])(?:key|card|pin|otp|cvv|cvc|ssn|iban)(?:[^a-z]|$)/i;

/** Whether a form asks for what servers must not ask for in forms. */
export function looksSecret({ name, title = '', description = '' }: FormField): boolean {
  return (
    [name, title].some((text) => SECRET.test(text) || SECRET_NAME.test(text)) ||
    SECRET.test(description)
  );
}
