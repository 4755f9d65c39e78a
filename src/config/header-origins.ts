import { toTerminalLine } from '../core/terminal-text.js';
import type { EntryReader } from './entry-reader.js';
import { toCanonicalKey, type Field, type Fields } from './fields.js';
import { given, type FlagInput, type Given } from './flags.js';
import { formatKeyPath, type KeyPath } from './key-path.js';
import { formatOrigin } from './problems.js';
import { BadReference, referencesOf } from './template.js';
import type { HeaderOrigin, Origin } from './types.js';

/** Keys of an entry that become a bearer token. */
const TOKEN_KEYS = ['bearertoken', 'bearerToken', 'tokenEnv', 'tokenFile'] as const;

export interface EntryHeaders {
  /** As written. */
  written: Fields;
  /** With its references resolved. */
  entry: Pick<EntryReader, 'fields' | 'path'>;
  /** Where a value of the file stands. */
  locate: (path: KeyPath) => Promise<Origin>;
}

/** Where each header of a server entry was written. */
export async function entryHeaderOrigins(input: EntryHeaders): Promise<HeaderOrigin[]> {
  const { written, entry, locate } = input;
  const keys = ['headers', 'httpHeaders'] as const;
  const found = [
    ...headersIn(written.get(...keys), entry.fields.get(...keys)),
    ...tokenIn(written, entry.fields),
    ...sseToken(written),
  ];
  return Promise.all(
    found.map(async ({ path, ...rest }) => ({
      ...rest,
      origin: await locate(path),
      key: formatKeyPath(path.slice(entry.path.length)),
    })),
  );
}

type Found = Omit<HeaderOrigin, 'origin' | 'key'> & { path: KeyPath };

function headersIn(written: Field | undefined, resolved: Field | undefined): Found[] {
  if (written === undefined) return [];
  const { path } = written;
  const values = entriesOf(resolved?.value);
  if (Array.isArray(written.value)) {
    return written.value.map((line, at) => {
      const [name] = splitLine(String(line));
      const now = splitLine(String(values.get(String(at)) ?? line));
      return { name, path: [...path, at], ...traces(String(line), now[1].replace(/^ /, '')) };
    });
  }
  return [...entriesOf(written.value)].map(([name, value]) => ({
    name: name.trim(),
    path: [...path, name],
    ...traces(String(value), String(values.get(name) ?? value)),
  }));
}

function tokenIn(written: Fields, resolved: Fields): Found[] {
  const field = written.get(...TOKEN_KEYS);
  if (field === undefined) return [];
  const key = toCanonicalKey(String(field.path.at(-1)));
  const text = String(field.value);
  const traced =
    key === 'tokenEnv'
      ? { references: [text], trimmed: false }
      : key === 'tokenFile'
        ? { references: [`file ${text}`], trimmed: false }
        : traces(text, textOf(resolved.get(...TOKEN_KEYS), text));
  return [{ name: 'Authorization', path: field.path, ...traced }];
}

function textOf(field: Field | undefined, otherwise: string): string {
  return typeof field?.value === 'string' ? field.value : otherwise;
}

/** `sse_server URL token`. */
function sseToken(written: Fields): Found[] {
  const args = written.get('args');
  if (!Array.isArray(args?.value) || args.value.length < 2) return [];
  const text = String(args.value[1]);
  return [{ name: 'Authorization', path: [...args.path, 1], ...traces(text, text) }];
}

/** Where each header of a server given on the spot was written. */
export function targetHeaderOrigins(flags: FlagInput, env: NodeJS.ProcessEnv): HeaderOrigin[] {
  const place = { flags, env };
  const lines = given('header', place);
  const headers = (lines === undefined ? [] : textsOf(lines)).map((line) => {
    const [name, value] = splitLine(line);
    return { name, origin: originOf(lines), ...traces(line, value.replace(/^ /, '')) };
  });
  const token = given('tokenEnv', place);
  const file = given('tokenFile', place);
  return [
    ...headers,
    ...[token].flatMap((found) => {
      const [name] = found === undefined ? [] : textsOf(found);
      if (name === undefined) return [];
      const value = env[name] ?? '';
      const trimmed = value !== value.trim();
      return [{ name: 'Authorization', origin: originOf(found), references: [name], trimmed }];
    }),
    ...[file].flatMap((found) => {
      const [name] = found === undefined ? [] : textsOf(found);
      if (name === undefined) return [];
      const references = [`file ${name}`];
      return [{ name: 'Authorization', origin: originOf(found), references, trimmed: false }];
    }),
  ];
}

/** `--header`, `--token-env TOKEN`, `ostler.yaml:4:10 headers.X-Api-Key, from $TOKEN`. Safe to print. */
export function formatHeaderOrigin({ origin, key, references }: HeaderOrigin): string {
  const place = `${formatOrigin(origin)}${key === undefined ? '' : ` ${key}`}`;
  const bare = ['--token-env', 'OSTLER_TOKEN_ENV', '--token-file', 'OSTLER_TOKEN_FILE'];
  const from = references.map((name) => (/^(?:file |\$\()/.test(name) ? name : `$${name}`));
  const text = bare.includes(origin.where)
    ? `${place} ${references.join(' ').replace(/^file /, '')}`
    : `${place}${from.length === 0 ? '' : `, from ${from.join(', ')}`}`;
  return toTerminalLine(text);
}

/** What the written value refers to, and whether white space was cut off the value that came of it. */
function traces(written: string, value: string): { references: string[]; trimmed: boolean } {
  return { references: namesIn(written), trimmed: value !== value.trim() };
}

function namesIn(text: string): string[] {
  try {
    return referencesOf(text).map((part) => {
      if (part.kind === 'variable') return part.name;
      // A command's words may hold a secret.
      return part.kind === 'command' ? '$(command)' : part.reference.replace(/^\$?\{|\}$/g, '');
    });
  } catch (error) {
    if (error instanceof BadReference) return [];
    throw error;
  }
}

function splitLine(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1)];
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function textsOf({ raw }: Given): readonly string[] {
  return raw === true ? [] : [raw].flat();
}

function originOf(found: Given | undefined): Origin {
  return found?.origin ?? { layer: 'flag', where: '--header' };
}
