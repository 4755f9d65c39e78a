import { OstlerError } from '../core/errors.js';
import { readElicitation, readRoots, readSampling } from './asks-settings.js';
import { checkConfigShape } from './check-shape.js';
import type { ExpandContext } from './expand.js';
import { readFields } from './fields.js';
import { givenFlag, toFlag, type FlagInput } from './flags.js';
import { FOREIGN_KEYS } from './foreign-keys.js';
import type { LoadedConfig, LoadInput } from './input.js';
import { createLayers, type Layers } from './layers.js';
import { readModelSettings, readSystemPrompt } from './model-settings.js';
import { createProblems, type Problems } from './problems.js';
import { isStrict, readSources, type ReadSources } from './read-sources.js';
import { readApproval, readMaxTurns, readRequireServers, readTimeout } from './run-settings.js';
import {
  checkNames,
  collectServers,
  resolveServers,
  type Wanted,
  type WrittenServer,
} from './servers.js';
import type { ConfigSource } from './source.js';
import { isUrlTarget, resolveTarget, TARGET_FLAGS, targetWarnings } from './target.js';
import type { RequireServers, ServerDefinition, Settings } from './types.js';
import { toTexts } from './values.js';

export type { FlagInput } from './flags.js';
export type { LoadedConfig, LoadInput } from './input.js';

/**
 * Everything a run needs to know, from flags, environment, project and user files and defaults, in
 * this order. Throws `OstlerError`: `usage` for a flag or variable, `config_invalid` for a file,
 * `project_untrusted`.
 */
export async function loadSettings(input: LoadInput): Promise<Settings> {
  return (await loadConfig(input)).settings;
}

/** `loadSettings`, with where everything came from. */
export async function loadConfig(input: LoadInput): Promise<LoadedConfig> {
  return resolveSources(input, await readSources(input));
}

/** What the sources mean for this run. Nothing untrusted is among them. */
export async function resolveSources(input: LoadInput, read: ReadSources): Promise<LoadedConfig> {
  const { flags, env, cwd } = input;
  const { sources, warnings } = read;
  const problems = createProblems();
  for (const source of sources) checkSource(source, problems, warnings);
  const expand = (source: ConfigSource): ExpandContext => ({
    env,
    dir: source.dir,
    mode: source.untrusted === true ? 'raw' : (input.mode ?? 'run'),
    signal: input.signal,
  });
  const positions = input.positions === true;
  const layers = createLayers({ flags, env, cwd, sources, problems, expand, positions });
  const wanted = await readWanted(layers, input);
  checkTargetFlags(wanted, flags);
  const written = collectServers(serverSources(sources, input), problems);
  const configured = await resolveServers(written, wanted, {
    problems,
    warnings,
    expand,
    positions,
  });
  const settings = await readSettings(layers, flags);
  await problems.throwIfAny();
  const servers = addTargets(configured, wanted.urls, { input, warnings });
  const required = checkRequired(settings.requireServers, { written, servers, layers });
  return {
    settings: freeze({ ...settings, ...required, servers, warnings }),
    origins: layers.origins,
    configured: [...written.keys()],
    files: read.files,
  };
}

async function readSettings(
  layers: Layers,
  flags: FlagInput,
): Promise<Omit<Settings, 'servers' | 'warnings'>> {
  const model = await readModelSettings(layers);
  const system = await readSystemPrompt(layers);
  const approval = await readApproval(layers, flags);
  const maxTurns = await readMaxTurns(layers);
  const timeoutMs = await readTimeout(layers);
  const requireServers = await readRequireServers(layers);
  const elicitation = await readElicitation(layers);
  const sampling = await readSampling(layers);
  const roots = await readRoots(layers);
  return {
    model,
    approval,
    elicitation,
    sampling,
    ...(roots === undefined ? {} : { roots }),
    maxTurns,
    ...(system === undefined ? {} : { system }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(requireServers === undefined ? {} : { requireServers }),
  };
}

function checkSource(source: ConfigSource, problems: Problems, warnings: string[]): void {
  checkConfigShape(source.value, problems.in(source));
  const names = readFields(source.value, [], () => {}).names();
  const foreign = names.filter((name) => FOREIGN_KEYS.has(name));
  if (foreign.length === 0) return;
  warnings.push(`${source.name}: ignored, because other hosts read it: ${foreign.join(', ')}.`);
}

/** With `--strict-mcp-config` only the servers of `--mcp-config` count. */
function serverSources(sources: readonly ConfigSource[], input: LoadInput): ConfigSource[] {
  const strict = isStrict(input);
  return sources.filter(({ namedBy }) => !strict || namedBy === '--mcp-config');
}

interface Selection extends Wanted {
  /** Servers given by their URL. */
  urls: readonly string[];
}

/** The servers that `--server` leaves; all when it is not given, none with `--no-tools`. */
async function readWanted(layers: Layers, { flags }: LoadInput): Promise<Selection> {
  const items = await layers.read({ flags: ['server'], keys: ['server'] }, toTexts);
  const origin = layers.origins.get('server') ?? { layer: 'default', where: 'server' };
  if (flags['tools'] === false) return { names: [], urls: [], origin };
  if (items === undefined) return { names: undefined, urls: [], origin };
  const names = items
    .filter((item) => !isUrlTarget(item))
    .flatMap((item) => item.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return { names, urls: items.filter(isUrlTarget), origin };
}

/** A flag that nothing uses would be a header that is not sent. */
function checkTargetFlags({ urls }: Selection, flags: FlagInput): void {
  const unused = TARGET_FLAGS.find((name) => givenFlag(name, flags) !== undefined);
  if (unused === undefined || urls.length > 0 || flags['tools'] === false) return;
  throw new OstlerError('usage', `${toFlag(unused)} needs a URL given with --server.`, {
    hint: 'For a configured server, write it into its entry: ostler config path',
  });
}

/** The configured servers and those given by URL, each with an id of its own. */
function addTargets(
  configured: readonly ServerDefinition[],
  urls: readonly string[],
  { input, warnings }: { input: LoadInput; warnings: string[] },
): ServerDefinition[] {
  const servers = [...configured];
  for (const url of urls) {
    const server = resolveTarget(url, input.flags, input.env);
    const taken = new Set(servers.map(({ id }) => id));
    let { id } = server;
    for (let count = 2; taken.has(id); count += 1) id = `${server.id}-${count}`;
    servers.push({ ...server, id });
    if (server.transport === 'stdio') continue;
    warnings.push(...targetWarnings(server, input.flags, input.env));
  }
  return servers;
}

interface Known {
  written: ReadonlyMap<string, WrittenServer>;
  servers: readonly ServerDefinition[];
  layers: Layers;
}

/** `requireServers` without the names that `--server` left out of a file's list; unknown ones are an error. */
function checkRequired(
  required: RequireServers | undefined,
  { written, servers, layers }: Known,
): { requireServers?: RequireServers } {
  if (required === undefined || typeof required === 'string') return {};
  const origin = layers.origins.get('requireServers') ?? { layer: 'default', where: '' };
  const started = servers.map(({ id }) => id);
  const fromFile = origin.layer !== 'flag' && origin.layer !== 'environment';
  checkNames({ names: required, origin }, fromFile ? [...written.keys(), ...started] : started);
  return { requireServers: required.filter((id) => started.includes(id)) };
}

/** Frozen all the way down. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
  }
  return value;
}
