import { named, writtenServers, type ScopedServer } from '../../config/edit/written-servers.js';
import { formatHeaderOrigin } from '../../config/header-origins.js';
import { loadConfig } from '../../config/load.js';
import { maskWords } from '../../config/mask.js';
import { quote, viewServer } from '../../config/project-view.js';
import { formatOrigin } from '../../config/problems.js';
import type { ServerDefinition } from '../../config/types.js';
import { isRecord } from '../../core/json.js';
import { OstlerError } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { shownServer } from '../config-view.js';
import type { Io } from '../io.js';
import { loginJson, loginOf, loginWarnings, loginWords, type KeptLogin } from './login-states.js';
import { warn } from './tell.js';
import { stateOf, summarize } from './where.js';

/** All there is to say about one server. */
interface Found {
  server: ScopedServer;
  /** Of the same name in lower scopes, which do not count. */
  others: readonly ScopedServer[];
  /** With its variables looked up; undefined when that fails, or nobody trusts its file yet. */
  definition?: ServerDefinition;
  login?: KeptLogin;
  warnings: readonly string[];
}

/** `ostler mcp get`: one server with everything resolved, credentials masked, and where each part comes from. */
export async function runGet(name: string, io: Io, json: boolean): Promise<number> {
  const found = await find(name, io);
  for (const warning of loginWarnings([found.login])) warn(io.stderr, warning);
  if (json) {
    io.stdout.write(`${toJsonLine(toJson(found))}\n`);
    return 0;
  }
  for (const warning of found.warnings) warn(io.stderr, warning);
  io.stdout.write(toText(found));
  return 0;
}

async function find(name: string, io: Io): Promise<Found> {
  const [server, ...others] = named(await writtenServers(io), name);
  if (server === undefined) throw new Error('named() gives one at least');
  const { definition, warnings } = server.trusted
    ? await resolve(name, io)
    : { definition: undefined, warnings: [] };
  const url =
    definition !== undefined && definition.transport !== 'stdio' ? definition.url : undefined;
  const login = await loginOf(url, io.env);
  return {
    server,
    others,
    warnings,
    ...(definition === undefined ? {} : { definition }),
    ...(login === undefined ? {} : { login }),
  };
}

/** Variables are looked up; no file is read and no command run. What cannot be resolved is told. */
async function resolve(
  name: string,
  { env, cwd }: Io,
): Promise<{ definition: ServerDefinition | undefined; warnings: readonly string[] }> {
  try {
    const { settings } = await loadConfig({
      flags: { server: [name] },
      env,
      cwd,
      untrusted: 'check',
      mode: 'dry',
      positions: true,
    });
    const own = settings.warnings.filter((warning) => warning.startsWith(`${name}: `));
    return { definition: settings.servers.find(({ id }) => id === name), warnings: own };
  } catch (error) {
    if (!(error instanceof OstlerError)) throw error;
    return { definition: undefined, warnings: error.message.split('\n') };
  }
}

function toText({ server, others, definition, login }: Found): string {
  const { scope, file, trusted, entry, id } = server;
  const place = definition === undefined ? file.name : formatOrigin(definition.origin);
  const state = stateOf(server);
  const rows: (readonly [label: string, value: string])[] = [
    ['scope', `${scope} (${place})${scope === 'project' && trusted ? ', trusted' : ''}`],
    ...(state === '' ? [] : [['state', state] as const]),
    ...(definition === undefined ? writtenRows(entry) : resolvedRows(definition)),
    ...(login === undefined
      ? []
      : [['login', `${loginWords(login, Date.now())}${issuerWords(login)}`] as const]),
    ...others.map((other) => ['hides', `${other.file.name} (${other.scope})`] as const),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return [id, ...lines].map((line) => `${toTerminalLine(redact(line))}\n`).join('');
}

function issuerWords(login: KeptLogin): string {
  return 'issuer' in login ? ` at ${login.issuer}` : '';
}

/** The entry as it stands in the file. */
function writtenRows(entry: unknown): (readonly [string, string])[] {
  return viewServer(entry, { mask: true }).map((line) => ['', line] as const);
}

/** Told in words of their own. */
const TOLD = new Set([
  'id',
  'origin',
  'transport',
  'url',
  'command',
  'args',
  'headers',
  'fallback',
]);

function resolvedRows(definition: ServerDefinition): (readonly [string, string])[] {
  const shown = shownServer(definition);
  const rest = Object.entries(shown)
    .filter(([name, value]) => !TOLD.has(name) && !isNothing(value))
    .map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    );
  if (definition.transport === 'stdio') {
    const words = maskWords([definition.command, ...definition.args]);
    return [['transport', 'stdio'], ['runs', words.map(quote).join(' ')], ...rest];
  }
  const { transport, fallback, headerOrigins = [] } = definition;
  const headers = headerOrigins.map(
    (origin) => ['header', `${origin.name}: …  (${formatHeaderOrigin(origin)})`] as const,
  );
  const other = transport === 'sse' ? 'http' : 'sse';
  return [
    ['transport', fallback ? `${transport}, else ${other}` : transport],
    ['url', String(shown['url'])],
    ...headers,
    ...rest,
  ];
}

function isNothing(value: unknown): boolean {
  if (value === false || value === undefined) return true;
  return Array.isArray(value)
    ? value.length === 0
    : isRecord(value) && Object.keys(value).length === 0;
}

function toJson({ server, others, definition, login, warnings }: Found): Record<string, unknown> {
  const { id, scope, file, trusted, entry } = server;
  const headers =
    definition !== undefined && definition.transport !== 'stdio'
      ? definition.headerOrigins
      : undefined;
  return {
    name: id,
    scope,
    file: file.path,
    trusted,
    ...summarize(entry),
    ...(definition === undefined ? {} : { resolved: shownServer(definition) }),
    ...(headers === undefined ? {} : { headerOrigins: headers }),
    ...loginJson(login),
    hides: others.map((other) => ({ scope: other.scope, file: other.file.path })),
    warnings,
  };
}
