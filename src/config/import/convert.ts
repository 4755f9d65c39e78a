import path from 'node:path';
import { isRecord } from '../../core/json.js';
import type { WrittenEntry } from '../edit/types.js';
import { readFields, type Fields, wordOf } from '../fields.js';
import { kindOf } from '../server-kind.js';
import { toOAuth } from './convert-oauth.js';
import { rewriteValue, type RewriteTarget } from './rewrite.js';

/** An entry of another host in our spelling. */
export type Converted =
  | { entry: WrittenEntry; notes: readonly string[] }
  /** Why it cannot be used here. */
  | { problem: string };

/** Keys that say nothing here and are not worth a word. */
const SILENT = new Set(['type', 'transport', 'name', 'gallery', 'version', 'dev', 'id', 'options']);

/** Converts one entry; what has no meaning here is left out and told. */
export function convertEntry(raw: unknown, target: RewriteTarget): Converted {
  if (!isRecord(raw)) return { problem: 'is no mapping of keys to values' };
  const { value, notes } = rewriteValue(raw, target);
  const fields = takeFields(value);
  const kind = kindOf(fields);
  if (kind.kind === 'skip' || kind.kind === 'refuse') return { problem: kind.why };
  const reach =
    kind.kind === 'stdio'
      ? launch(fields, target)
      : kind.kind === 'remote'
        ? remote(fields, kind.transport)
        : sseCommand(fields);
  const entry = compact({ ...reach, ...offer(fields, target) });
  const dropped = fields.left().filter((name) => !SILENT.has(name));
  return {
    entry,
    notes: [...notes, ...(dropped.length === 0 ? [] : [`left out: ${dropped.join(', ')}`])],
  };
}

/** Fields that remember which of them were asked for. */
interface TakenFields extends Fields {
  take: (...names: readonly string[]) => unknown;
  /** Something inside of a field that was taken has no use. */
  drop: (name: string) => void;
  left: () => readonly string[];
}

function takeFields(value: Record<string, unknown>): TakenFields {
  const fields = readFields(value, [], () => {});
  const taken = new Set<string>();
  const dropped: string[] = [];
  return {
    ...fields,
    take(...names) {
      for (const name of names) taken.add(name);
      return names.map((name) => fields.get(name)?.value).find((found) => found !== undefined);
    },
    drop: (name) => dropped.push(name),
    left: () => [...fields.names().filter((name) => !taken.has(name)), ...dropped],
  };
}

function launch(fields: TakenFields, target: RewriteTarget): WrittenEntry {
  const [command = '', ...first] = [fields.take('command')].flat().map(wordOf);
  const args = [...first, ...[fields.take('args') ?? []].flat().map(wordOf)];
  const env = fields.take('env', 'environment');
  return {
    command,
    args: args.length === 0 ? undefined : args,
    env: isRecord(env) && Object.keys(env).length > 0 ? texts(env) : undefined,
    envFile: place(fields.take('envFile'), target),
    cwd: place(fields.take('cwd', 'workingDirectory'), target),
  };
}

function remote(fields: TakenFields, transport: string | undefined): WrittenEntry {
  const headers = fields.take('headers', 'httpHeaders');
  const isHttp = fields.has('httpUrl');
  const oauth = toOAuth({
    oauth: fields.take('oauth'),
    auth: fields.take('auth'),
    noOAuth: fields.take('noOAuth'),
    clientId: fields.take('oauthClientId'),
    clientSecret: fields.take('oauthClientSecret'),
    scopes: fields.take('oauthScopes'),
  });
  for (const key of oauth.dropped) fields.drop(key);
  return {
    type: transport ?? (isHttp ? 'http' : undefined),
    url: fields.take('httpUrl', 'url', 'serverUrl', 'endpoint'),
    headers: headersOf(headers),
    bearerToken: fields.take('bearerToken', 'bearertoken'),
    tokenEnv: fields.take('tokenEnv'),
    tokenFile: fields.take('tokenFile'),
    ca: fields.take('ca'),
    insecure: fields.take('insecure'),
    protocol: fields.take('protocol'),
    oauth: oauth.oauth,
  };
}

/** mcphost's `sse_server URL [token]`. */
function sseCommand(fields: TakenFields): WrittenEntry {
  fields.take('command');
  const [url, token] = [fields.take('args') ?? []].flat().map(wordOf);
  return { type: 'sse', url, bearerToken: token };
}

/** A mapping of names to values, or undefined when there is none. */
function headersOf(written: unknown): WrittenEntry | undefined {
  const pairs = Array.isArray(written)
    ? written.map((line): [string, string] => {
        const [name = '', ...rest] = wordOf(line).split(':');
        return [name.trim(), rest.join(':').trim()];
      })
    : Object.entries(isRecord(written) ? texts(written) : {});
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function texts(record: Record<string, unknown>): WrittenEntry {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, wordOf(value)]));
}

/** A path of the source; the user's file lies elsewhere, so there it becomes absolute. */
function place(raw: unknown, { scope, cwd }: RewriteTarget): string | undefined {
  if (typeof raw !== 'string' || raw === '') return undefined;
  const relative = scope === 'user' && !path.isAbsolute(raw) && !/^[~$]/.test(raw);
  return relative ? path.resolve(cwd, raw) : raw;
}

/** A bare number of gemini-cli's is milliseconds; ours below 5000 would be seconds. */
const SECONDS_BELOW = 5000;

function offer(fields: TakenFields, { host }: RewriteTarget): WrittenEntry {
  const disabled = fields.take('disabled');
  const enabled = fields.take('enabled');
  const timeout = fields.take('timeout');
  const isOff =
    disabled === true || disabled === 'true' || enabled === false || enabled === 'false';
  const isMs = host === 'gemini' && typeof timeout === 'number' && timeout < SECONDS_BELOW;
  const approve = fields.take('autoApprove');
  const allow = fields.take('alwaysAllow');
  const trust = fields.take('trust');
  return {
    timeout: isMs ? `${timeout}ms` : timeout,
    connectTimeout: fields.take('connectTimeout'),
    disabled: isOff ? true : undefined,
    required: fields.take('required'),
    allowedTools: fields.take('allowedTools', 'includeTools', 'tools'),
    excludedTools: fields.take('excludedTools', 'excludeTools', 'disabledTools'),
    autoApprove: isEmpty(approve) ? (isEmpty(allow) ? undefined : allow) : approve,
    trust: trust === true || trust === 'true' ? true : undefined,
    description: fields.take('description'),
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function compact(entry: WrittenEntry): WrittenEntry {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined && value !== null),
  );
}
