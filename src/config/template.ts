/** A piece of a value: text as it stands, or a reference to something outside the file. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'variable'; name: string; fallback?: readonly Part[]; reference: string }
  | { kind: 'file'; path: readonly Part[]; reference: string }
  | { kind: 'command'; command: string; reference: string }
  | { kind: 'place'; place: 'workspaceFolder' | 'userHome'; reference: string };

/** A reference that cannot be read or resolved. `reference` is its text, to find its place. */
export class BadReference extends Error {
  readonly reference: string;
  readonly hint: string | undefined;
  constructor(message: string, reference: string, hint?: string) {
    super(message);
    this.reference = reference;
    this.hint = hint;
  }
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
/** `$env:VAR`, and gemini-cli's `$VAR` and `Bearer $VAR`, as the whole value only. */
const WHOLE = new RegExp(`^((?:Bearer|Basic|Token) )?\\$(?:env:)?(${NAME})$`);
const VARIABLE = new RegExp(`^(?:env://|env:)?(${NAME})(?::-([\\s\\S]*))?$`);
const START = /\$\$|\$\{|\$\(|\{env:|\{file:/g;
const MAX_NESTING = 10;

/** True when the text cannot hold a reference or an escape. */
export function isPlain(text: string): boolean {
  return !text.includes('$') && !text.includes('{env:') && !text.includes('{file:');
}

/** Splits a value at its references. Throws `BadReference`. */
export function parseTemplate(text: string, depth = 0): Part[] {
  if (depth > MAX_NESTING) throw new BadReference('references are nested too deeply', '');
  const whole = WHOLE.exec(text);
  if (whole !== null) {
    const [, scheme = '', name = ''] = whole;
    const reference = text.slice(scheme.length);
    return [...textPart(scheme), { kind: 'variable', name, reference }];
  }
  const parts: Part[] = [];
  let done = 0;
  START.lastIndex = 0;
  for (let match = nextStart(text, 0); match !== null; match = nextStart(text, done)) {
    parts.push(...textPart(text.slice(done, match.index)));
    if (match[0] === '$$') {
      parts.push({ kind: 'text', text: '$' });
      done = match.index + 2;
      continue;
    }
    const end = endOf(text, match.index, match[0]);
    parts.push(toPart(text.slice(match.index, end), match[0], depth));
    done = end;
  }
  parts.push(...textPart(text.slice(done)));
  return parts;
}

function nextStart(text: string, from: number): RegExpExecArray | null {
  START.lastIndex = from;
  return START.exec(text);
}

function textPart(text: string): Part[] {
  return text === '' ? [] : [{ kind: 'text', text }];
}

/** The offset behind the bracket that closes the reference at `start`. */
function endOf(text: string, start: number, opener: string): number {
  const command = opener === '$(';
  const [open, close] = command ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (command && char === '\\') at += 1;
    else if (command && (char === "'" || char === '"')) at = endOfQuote(text, at, char);
    else if (char === open) depth += 1;
    else if (char === close && (depth -= 1) === 0) return at + 1;
  }
  throw new BadReference(
    `${opener} is not closed by ${close}; write $$ for a plain $`,
    text.slice(start),
  );
}

function endOfQuote(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function toPart(reference: string, opener: string, depth: number): Part {
  if (opener === '$(') return { kind: 'command', command: reference.slice(2, -1), reference };
  const inner = reference.slice(opener === '${' ? 2 : 1, -1);
  if (inner.startsWith('file:')) {
    return { kind: 'file', path: parseTemplate(inner.slice(5), depth + 1), reference };
  }
  if (inner === 'workspaceFolder' || inner === 'userHome') {
    return { kind: 'place', place: inner, reference };
  }
  if (inner.startsWith('input:')) {
    throw new BadReference(
      `${reference} asks in an editor; write \${env:NAME} and set the variable`,
      reference,
    );
  }
  const match = VARIABLE.exec(inner);
  if (match === null) {
    throw new BadReference(
      'a reference must be ${NAME}, ${NAME:-default}, ${env:NAME} or ${file:path}; write $$ for a plain $',
      reference,
    );
  }
  const [, name = '', fallback] = match;
  return fallback === undefined
    ? { kind: 'variable', name, reference }
    : { kind: 'variable', name, reference, fallback: parseTemplate(fallback, depth + 1) };
}

/** What a value refers to, in the order of its text: variable names, files and commands. */
export function referencesOf(text: string): readonly Exclude<Part, { kind: 'text' }>[] {
  if (isPlain(text)) return [];
  const collect = (parts: readonly Part[]): Exclude<Part, { kind: 'text' }>[] =>
    parts.flatMap((part) => {
      if (part.kind === 'text') return [];
      if (part.kind === 'variable') return [part, ...collect(part.fallback ?? [])];
      return part.kind === 'file' ? [part, ...collect(part.path)] : [part];
    });
  return collect(parseTemplate(text));
}
