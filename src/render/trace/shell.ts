import { REDACTED } from '../../core/redact.js';

/** A text for a POSIX shell in which secrets are variables. */
export interface ShellPart {
  text: string;
  /** Name of the variable that stands in the text's place. */
  variable?: string;
}

/** Nothing in it means anything to a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;
/** Nothing in it means anything between double quotes, history included. */
const QUIET = /^[^\\"$`!]*$/;
/** What a terminal may act on; newline and tab are harmless between quotes. */
const HAZARD =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cs}]/u;

/** The text cut at what the redactor left; `nameOf` names the variable from what stands before it. */
export function toParts(text: string, nameOf: (before: string) => string): ShellPart[] {
  const pieces = text.split(REDACTED);
  let before = '';
  return pieces
    .flatMap((piece, at): ShellPart[] => {
      before += piece;
      return at === pieces.length - 1
        ? [{ text: piece }]
        : [{ text: piece }, { text: '', variable: nameOf(before) }];
    })
    .filter(({ text: piece, variable }) => piece !== '' || variable !== undefined);
}

/** One word of a command line, quoted. */
export function quoteParts(parts: readonly ShellPart[]): string {
  if (parts.length === 0) return "''";
  const text = parts.map((part) => part.text).join('');
  const isSafe = !HAZARD.test(text);
  if (!parts.some(({ variable }) => variable !== undefined)) return quote(text);
  if (isSafe && QUIET.test(text)) {
    const words = parts.map(({ text: piece, variable }, at) => {
      if (variable === undefined) return piece;
      // A letter behind it would be read as part of the name.
      return at === parts.length - 1 ? `$${variable}` : `\${${variable}}`;
    });
    return `"${words.join('')}"`;
  }
  return parts
    .map(({ text: piece, variable }) => (variable === undefined ? quote(piece) : `"$${variable}"`))
    .join('');
}

export function quote(text: string): string {
  if (PLAIN.test(text)) return text;
  return HAZARD.test(text) ? ansiQuote(text) : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** `$'…'` of bash, zsh and ksh: what cannot be printed safely is written out. */
function ansiQuote(text: string): string {
  const body = Array.from(text, (char) => {
    if (char === '\\' || char === "'") return `\\${char}`;
    if (!HAZARD.test(char)) return char;
    const code = char.codePointAt(0) ?? 0;
    return code < 0x80
      ? String.raw`\x${code.toString(16).padStart(2, '0')}`
      : String.raw`\U${code.toString(16).padStart(8, '0')}`;
  });
  return `$'${body.join('')}'`;
}
