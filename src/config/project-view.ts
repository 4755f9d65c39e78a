import { isRecord } from '../core/json.js';
import { readFields, type Fields, wordOf } from './fields.js';
import { maskUrlText, maskWords } from './mask.js';
import { risksOf } from './risks.js';
import { SERVER_MAPS } from './servers.js';
import { isHarmlessHeader, isSecretName } from './secrets.js';
import type { ConfigSource } from './source.js';
import { referencesOf } from './template.js';

/** What a person has to see of a project file before a yes; raw, nothing cut, nothing expanded. */
export interface ProjectView {
  /** Absolute path. */
  file: string;
  servers: readonly { id: string; lines: readonly string[] }[];
  /** Every other setting of it, one a line. */
  settings: readonly string[];
}

/** Describes a project file that may hold anything. Header values stay out, names are shown. */
export function viewProject(source: ConfigSource): ProjectView {
  const fields = readFields(source.value, [], () => {});
  const servers = SERVER_MAPS.flatMap((key) => {
    const map = fields.get(key)?.value;
    return isRecord(map) ? Object.entries(map) : [];
  });
  return {
    file: source.file ?? source.name,
    servers: servers.map(([id, entry]) => ({ id, lines: viewServer(entry) })),
    settings: fields
      .names()
      .filter((name) => !SERVER_MAPS.includes(name) && name !== '$schema')
      .map((name) => `${name}: ${viewSetting(name, fields)}`),
  };
}

/** Keys told in words of their own; all others are shown as they are. */
const TOLD = new Set([
  'command',
  'args',
  'url',
  'httpUrl',
  'serverUrl',
  'endpoint',
  'headers',
  'httpHeaders',
  'env',
  'environment',
  'bearertoken',
  'bearerToken',
]);

/** Keys whose names sound secret although their values are none. */
const NO_SECRET = new Set(['tokenEnv', 'tokenFile', 'authProviderType']);

/**
 * One server entry, a line for each thing it would do, and behind a `!` what is worth a second look.
 * Arguments and URLs are shown whole; `mask` takes out what looks like a credential in them, for a
 * person's own entries.
 */
export function viewServer(entry: unknown, { mask = false }: { mask?: boolean } = {}): string[] {
  if (!isRecord(entry)) return [JSON.stringify(entry)];
  return [...viewEntry(entry, mask), ...risksOf(entry).map((risk) => `! ${risk}`)];
}

function viewEntry(entry: Record<string, unknown>, mask: boolean): string[] {
  const fields = readFields(entry, [], () => {});
  const lines: string[] = [];
  if (fields.has('command')) {
    const argv = [fields.get('command')?.value, fields.get('args')?.value ?? []].flat().map(wordOf);
    lines.push(`runs ${(mask ? maskWords(argv) : argv).map(quote).join(' ')}`);
  }
  for (const key of ['url', 'httpUrl', 'serverUrl', 'endpoint']) {
    if (!fields.has(key)) continue;
    const url = wordOf(fields.get(key)?.value);
    lines.push(`connects to ${mask ? maskUrlText(url) : url}`);
  }
  const headers = headerNames(fields);
  if (headers.length > 0) lines.push(`sends headers ${headers.join(', ')}`);
  for (const key of ['env', 'environment']) {
    const env = fields.get(key)?.value;
    for (const [name, value] of Object.entries(isRecord(env) ? env : {})) {
      const shown = mask ? maskWords([wordOf(value)])[0] : wordOf(value);
      lines.push(`sets ${name}=${isSecretName(name) ? viewSecret(value) : shown}`);
    }
  }
  for (const name of fields.names().filter((key) => !TOLD.has(key))) {
    lines.push(`${name}: ${viewValue(name, fields.get(name)?.value)}`);
  }
  return [...lines, ...viewReferences(entry)];
}

/** The word as a POSIX shell would have to read it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function headerNames(fields: Fields): string[] {
  const value = ['headers', 'httpHeaders'].map((key) => fields.get(key)?.value);
  const names = value.flatMap((headers) => {
    if (Array.isArray(headers)) return headers.map((line) => wordOf(line).split(':', 1)[0] ?? '');
    return Object.keys(isRecord(headers) ? headers : {});
  });
  const token = fields.has('bearertoken', 'bearerToken', 'tokenEnv', 'tokenFile');
  return token ? [...names, 'Authorization'] : names;
}

/** A reference tells where a secret comes from; a literal one is not shown. */
function viewSecret(value: unknown): string {
  return typeof value === 'string' && /^\$[{(]/.test(value) ? value : '…';
}

/** The value as JSON; what has a secret name stays out at any depth. */
function viewValue(name: string, value: unknown): string {
  const isNamed = (key: string) => isSecretName(key) && !NO_SECRET.has(key);
  if (typeof value === 'string' && isNamed(name)) return viewSecret(value);
  return JSON.stringify(value, (key, item: unknown) =>
    typeof item === 'string' && isNamed(key) ? viewSecret(item) : item,
  );
}

/** The variables, files and commands that expanding the entry would read or run. */
function viewReferences(entry: unknown): string[] {
  const found = strings(entry).flatMap((text) => {
    try {
      return referencesOf(text);
    } catch {
      return [];
    }
  });
  const variables = new Set(found.flatMap((part) => (part.kind === 'variable' ? [part.name] : [])));
  const others = new Set(
    found.flatMap((part) =>
      part.kind === 'command' || part.kind === 'file' ? [part.reference] : [],
    ),
  );
  return [
    ...(variables.size === 0 ? [] : [`reads the variables ${[...variables].join(', ')}`]),
    ...[...others].map((reference) =>
      reference.startsWith('$(') ? `runs ${reference.slice(2, -1)}` : `reads ${reference}`,
    ),
  ];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function viewSetting(name: string, fields: Fields): string {
  const value = fields.get(name)?.value;
  if (name === 'providerApiKey') return viewSecret(value);
  if (!name.startsWith('modelHeader')) return JSON.stringify(value);
  const names = Array.isArray(value)
    ? value.map((line) => wordOf(line).split(':', 1)[0] ?? '')
    : Object.keys(isRecord(value) ? value : {});
  return names.map((header) => (isHarmlessHeader(header) ? header : `${header}: …`)).join(', ');
}
