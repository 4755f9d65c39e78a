import { LOG_LEVELS } from '../core/log-level.js';
import { registerSecret } from '../core/redact.js';
import { checkServerShape } from './check-shape.js';
import { createParse, type EntryReader } from './entry-reader.js';
import { expandValue, type ExpandContext } from './expand.js';
import { readFields, toCanonicalKey, type Fields } from './fields.js';
import { entryHeaderOrigins } from './header-origins.js';
import type { HeaderPair } from './headers.js';
import type { KeyPath } from './key-path.js';
import type { Report } from './problems.js';
import { kindOf, type ServerKind } from './server-kind.js';
import { readHeaders, readRemote, readSseCommand } from './server-remote.js';
import { readLaunch } from './server-stdio.js';
import { toServerTimeoutMs } from './server-timeouts.js';
import {
  DEFAULTS,
  type Origin,
  type ProtocolChoice,
  type RemoteServer,
  type ServerDefinition,
  type ToolFilter,
} from './types.js';
import { toBoolean, toOneOf, toTexts } from './values.js';

export interface EntryInput {
  id: string;
  /** The entry as it is written. */
  value: unknown;
  path: KeyPath;
  origin: Origin;
  report: Report;
  warn: (message: string) => void;
  /** Says that what stands at `path` stays unresolved in this run. */
  ignore: (path: KeyPath) => void;
  /** Where the value at `path` is written. */
  locate: (path: KeyPath) => Promise<Origin>;
  expand: ExpandContext;
  /** Named by the person, so started although it is disabled. */
  named: boolean;
}

export const PROTOCOLS: readonly ProtocolChoice[] = ['auto', 'legacy', '2026-07-28'];

/** Keys that belong to other hosts; an entry with one still works, and the person is told. */
const FOREIGN = new Set([
  'retryDelay',
  'auth',
  'tasksMode',
  'metadata',
  'interface',
  'notificationInstructions',
  'authToken',
  'dev',
]);

/** A server entry as a definition; undefined when it is left out or wrong, which is told. */
export async function toServerDefinition(input: EntryInput): Promise<ServerDefinition | undefined> {
  checkServerShape(input.value, input.path, input.report);
  const written = readFields(input.value, input.path, input.report);
  const kind = kindOf(written);
  const disabled = isDisabled(written, input) && !input.named;
  if (kind.kind === 'skip') {
    input.warn(`left out: ${kind.why}`);
    return undefined;
  }
  if (kind.kind === 'refuse') {
    if (disabled) input.warn(`disabled, and could not be used: ${kind.why}`);
    else refuse(kind, written, input);
    return undefined;
  }
  const foreign = written.names().filter((name) => FOREIGN.has(name));
  if (foreign.length > 0) input.warn(`ignored: ${foreign.join(', ')}`);
  const mode = disabled ? 'raw' : input.expand.mode;
  const entry = await openEntry(input, { ...input.expand, mode });
  const base = readBase(entry, input, disabled);
  return assemble(entry, kind, base, input);
}

function refuse(
  { at, why, hint }: Extract<ServerKind, { kind: 'refuse' }>,
  fields: Fields,
  { path, report }: EntryInput,
): void {
  const field = at === '' ? undefined : fields.get(at);
  report(field?.path ?? path, why, {
    key: field === undefined,
    ...(hint === undefined ? {} : { hint }),
  });
}

type Usable = Exclude<ServerKind, { kind: 'skip' } | { kind: 'refuse' }>;
type Base = ReturnType<typeof readBase>;

async function assemble(
  entry: EntryReader,
  kind: Usable,
  base: Base,
  input: EntryInput,
): Promise<ServerDefinition | undefined> {
  if (kind.kind === 'stdio') {
    const launch = readLaunch(entry);
    if (entry.fields.has('oauth'))
      entry.warn('ignored: oauth; a program started here takes no login');
    return launch && { ...base, transport: 'stdio', ...launch };
  }
  const reach = kind.kind === 'remote' ? readRemote(entry, kind) : readSseCommand(entry);
  if (reach === undefined) return undefined;
  const refreshHeaders = refresher(input, reach.headers);
  const written = readFields(input.value, input.path, () => {});
  const headerOrigins =
    reach.headers.length === 0
      ? undefined
      : await entryHeaderOrigins({ written, entry, locate: input.locate });
  return {
    ...base,
    ...reach,
    ...(headerOrigins === undefined ? {} : { headerOrigins }),
    ...(refreshHeaders === undefined ? {} : { refreshHeaders }),
  };
}

/** The entry with its references resolved, and what came from outside registered as secret. */
async function openEntry(input: EntryInput, context: ExpandContext): Promise<EntryReader> {
  const { path, report, warn } = input;
  const value = await expandValue(input.value, path, context, {
    report,
    incomplete: input.ignore,
    secrets: (at, secrets) => registerFrom(toCanonicalKey(String(at[path.length] ?? '')), secrets),
  });
  return {
    path,
    fields: readFields(value, path, report),
    lookup: context.mode !== 'raw',
    place: { dir: context.dir, env: context.env },
    report,
    warn,
    parse: createParse(report),
  };
}

const SECRET_PLACES = new Set(['headers', 'httpHeaders', 'env', 'environment', 'args', 'command'])
  .add('bearertoken')
  .add('bearerToken')
  .add('url')
  .add('httpUrl')
  .add('serverUrl')
  .add('endpoint');

function registerFrom(key: string, secrets: readonly string[]): void {
  if (!SECRET_PLACES.has(key)) return;
  for (const secret of secrets) {
    // `https://${HOST}/mcp` holds a name that every message has to show.
    if (!/^(?:https?:\/\/)?[a-z0-9.-]+(?::\d+)?\/?$/i.test(secret) || !/url|endpoint/i.test(key)) {
      registerSecret(secret);
    }
  }
}

function isDisabled(fields: Fields, { report }: EntryInput): boolean {
  const parse = createParse(report);
  const disabled = parse(fields.get('disabled'), toBoolean);
  const enabled = parse(fields.get('enabled'), toBoolean);
  return disabled === true || enabled === false;
}

function readBase(entry: EntryReader, input: EntryInput, disabled: boolean) {
  const { fields, parse } = entry;
  const protocol = parse(fields.get('protocol'), toOneOf(PROTOCOLS));
  const connect = parse(fields.get('connectTimeout'), toServerTimeoutMs);
  const call = parse(fields.get('timeout'), toServerTimeoutMs);
  const logLevel = parse(fields.get('logLevel'), toOneOf(LOG_LEVELS));
  return {
    id: input.id,
    origin: input.origin,
    protocol: protocol ?? ('auto' as const),
    connectTimeoutMs: connect ?? DEFAULTS.connectTimeoutMs,
    callTimeoutMs: call ?? DEFAULTS.callTimeoutMs,
    filter: readFilter(entry),
    required: parse(fields.get('required'), toBoolean) ?? false,
    disabled,
    autoApprove: readAutoApprove(entry),
    ...(logLevel === undefined ? {} : { logLevel }),
  };
}

function readFilter(entry: EntryReader): ToolFilter {
  const { fields, parse } = entry;
  const allow = parse(fields.get('allowedTools', 'includeTools', 'tools'), toTexts);
  const deny = parse(fields.get('excludedTools', 'excludeTools', 'disabledTools'), toTexts);
  if (allow?.length === 0) entry.warn('its list of allowed tools is empty, so it offers none');
  return {
    ...(allow === undefined ? {} : { allow }),
    ...(deny === undefined ? {} : { deny }),
  };
}

function readAutoApprove({ fields, parse }: EntryReader): readonly string[] {
  if (parse(fields.get('trust'), toBoolean) === true) return ['*'];
  return (
    parse(fields.get('autoApprove', 'alwaysAllow'), (raw) => {
      if (typeof raw === 'boolean') return raw ? ['*'] : [];
      return toTexts(raw);
    }) ?? []
  );
}

const HEADER_KEYS = ['headers', 'httpHeaders', 'bearertoken', 'bearerToken', 'tokenFile'] as const;

/** Resolves the headers again, when a command or a file may tell something new by now. */
function refresher(
  input: EntryInput,
  headers: readonly HeaderPair[],
): RemoteServer['refreshHeaders'] {
  const written = readFields(input.value, input.path, () => {});
  const kept = HEADER_KEYS.filter((key) => written.has(key)).map(
    (key) => [key, written.get(key)?.value] as const,
  );
  const changes = kept.some(([key, value]) => key === 'tokenFile' || hasSource(value));
  if (!changes || input.expand.mode !== 'run') return undefined;
  return async () => {
    const value = Object.fromEntries(kept);
    const silent = { ...input, value, warn: () => {}, report: () => {} };
    const again = readHeaders(await openEntry(silent, { ...input.expand, fresh: true }));
    const same = JSON.stringify(again) === JSON.stringify(headers);
    return same || again.length < headers.length ? undefined : again;
  };
}

function hasSource(value: unknown): boolean {
  if (typeof value === 'string') return /\$\(|\{file:/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasSource);
}
