import path from 'node:path';
import type { Scope } from '../edit/scopes.js';
import type { HostFile } from './hosts.js';

/** What texts of an entry are rewritten for. */
export interface RewriteTarget {
  host: HostFile['host'];
  /** The file they are written to. */
  scope: Scope;
  cwd: string;
}

/** A value in our spelling of references, and what changed that a person has to know. */
export interface Rewritten<T = unknown> {
  value: T;
  notes: readonly string[];
}

/** `${input:api-key}` asks in an editor; here it becomes the variable `API_KEY`. */
const INPUT = /\$\{input:([^}]+)\}/g;
const ENV = /\$\{env:(?:\/\/)?([A-Za-z_]\w*)/g;
/** gemini-cli reads `$NAME` anywhere in a text. */
const BARE = /(?<!\$)\$([A-Za-z_]\w*)/g;

/** A copy of a JSON value with every text in it rewritten. */
export function rewriteValue<T>(value: T, target: RewriteTarget): Rewritten<T> {
  const notes = new Set<string>();
  const rewritten = walk(value, (text) => rewriteText(text, target, notes));
  return { value: rewritten as T, notes: [...notes] };
}

function walk(value: unknown, rewrite: (text: string) => string): unknown {
  if (typeof value === 'string') return rewrite(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, rewrite));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, rewrite)]));
}

function rewriteText(
  text: string,
  { host, scope, cwd }: RewriteTarget,
  notes: Set<string>,
): string {
  const spelled = text
    .replaceAll(INPUT, (_, input: string) => {
      const name = variableName(input);
      notes.add(`asks for "${input}" in an editor: set the variable ${name} instead`);
      return `\${${name}}`;
    })
    .replaceAll(ENV, '${$1')
    .replaceAll(/\{env:([A-Za-z_]\w*)\}/g, (whole, name: string, at: number) =>
      text[at - 1] === '$' ? whole : `\${${name}}`,
    )
    .replaceAll('${workspaceFolderBasename}', path.basename(cwd))
    .replaceAll(/\$\{(?:pathSeparator|\/)\}/g, path.sep);
  const bare = host === 'gemini' ? spelled.replaceAll(BARE, '${$1}') : spelled;
  const folder = bare.replaceAll('${workspaceRoot}', '${workspaceFolder}');
  if (scope !== 'user' || !folder.includes('${workspaceFolder}')) return folder;
  notes.add(`is about this directory: \${workspaceFolder} becomes ${cwd}`);
  return folder.replaceAll('${workspaceFolder}', cwd.replaceAll('$', '$$$$'));
}

function variableName(input: string): string {
  const name = input
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/\W+/g, '_')
    .toUpperCase();
  return /^[A-Z_]/.test(name) ? name : `INPUT_${name}`;
}
