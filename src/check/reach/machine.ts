import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { displayPath, statePaths } from '../../config/paths.js';
import type { LoadedFile } from '../../config/input.js';
import { toErrorInfo, type OstlerError } from '../../core/errors.js';
import type { InspectEvent } from '../../core/rungs.js';
import { formatBytes } from '../../core/sizes.js';
import { isRecord } from '../../core/json.js';
import { originOf } from '../../net/address.js';
import { climb, type Ladder } from './ladder.js';

/** What `doctor` looks at beside servers and model; found out by the command, judged here. */
export interface MachineFacts {
  node: {
    /** `20.16.0`. */
    version: string;
    platform: string;
    arch: string;
    cpus: number;
    /** Bytes. */
    totalMemory: number;
    freeMemory: number;
  };
  /** The configuration, or why it cannot be used. */
  config:
    | { ok: true; files: readonly LoadedFile[]; servers: number; warnings: readonly string[] }
    | { ok: false; error: OstlerError };
  terminal: {
    isTerminal: boolean;
    columns: number;
    rows: number;
    colors: boolean;
  };
  env: NodeJS.ProcessEnv;
  cwd: string;
  signal: AbortSignal;
}

const STEPS = ['node', 'files', 'trust', 'directories', 'proxy', 'terminal'] as const;
const OLDEST_NODE = [20, 16] as const;

/** The ladder of this machine. A configuration that is wrong fails it; the rest is told all the same. */
export function inspectMachine(facts: MachineFacts): AsyncGenerator<InspectEvent, void> {
  return climb({
    server: 'machine',
    names: STEPS,
    signal: facts.signal,
    async work(ladder) {
      tellNode(ladder, facts);
      tellTrust(ladder, facts);
      await tellDirectories(ladder, facts);
      tellProxies(ladder, facts);
      tellTerminal(ladder, facts);
      // Last, because it may fail, and what fails ends a ladder.
      tellFiles(ladder, facts);
    },
  });
}

function tellNode(ladder: Ladder, { node }: MachineFacts): void {
  const { version, platform, arch, cpus, totalMemory, freeMemory } = node;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  const isOld = major < oldest || (major === oldest && minor < oldestMinor);
  const found = {
    text: `${version} on ${platform} ${arch}, ${cpus} cores, ${formatBytes(totalMemory)} of memory (${formatBytes(freeMemory)} free)`,
    data: { version, platform, arch, cpus, total_memory: totalMemory, free_memory: freeMemory },
  };
  if (!isOld) ladder.ok('node', found);
  else ladder.warn('node', { ...found, hint: `Use Node ${oldest}.${oldestMinor} or newer.` });
}

function tellFiles(ladder: Ladder, { config }: MachineFacts): void {
  ladder.start('files');
  if (!config.ok) {
    ladder.fail('files', config.error, {
      hint: toErrorInfo(config.error).hint ?? 'Correct it, then: ostler config validate',
    });
  }
  const { files, servers, warnings } = config;
  const names = files.map(({ name, state }) => (state === 'loaded' ? name : `${name} (${state})`));
  const count = servers === 1 ? '1 server' : `${servers} servers`;
  const found = {
    text:
      names.length === 0 ? `there is no config file, ${count}` : `${names.join(', ')}: ${count}`,
    details: warnings,
    data: { files: names, servers },
  };
  if (servers === 0) {
    const hint =
      'Look at a server by its URL (ostler inspect https://…), or write one under mcpServers: into ostler.yaml.';
    const isLeftOut = files.some(({ state }) => state === 'untrusted');
    ladder.warn('files', isLeftOut ? found : { ...found, hint });
  } else if (warnings.length > 0) ladder.warn('files', found);
  else ladder.ok('files', found);
}

function tellTrust(ladder: Ladder, { config }: MachineFacts): void {
  const project = config.ok ? config.files.filter(({ layer }) => layer === 'project') : [];
  if (project.length === 0) {
    ladder.skip('trust', 'no project file is read here');
    return;
  }
  const untrusted = project.filter(({ state }) => state === 'untrusted');
  if (untrusted.length === 0) ladder.ok('trust', { text: 'the project file is trusted' });
  else {
    ladder.warn('trust', {
      text: `${untrusted.map(({ name }) => name).join(', ')}: not trusted, so its servers are left out`,
      hint: 'Look at it and allow it: ostler mcp trust',
    });
  }
}

/** What others on this machine may do with a directory of secrets. */
const OTHERS = 0o077;

async function tellDirectories(ladder: Ladder, { env, cwd }: MachineFacts): Promise<void> {
  const places = Object.entries(await statePaths(env));
  const states = await Promise.all(
    places.map(async ([name, dir]) => ({ name, dir, ...(await lookAt(dir)) })),
  );
  const bad = states.find(({ writable }) => !writable);
  const exposed = states.find(
    ({ name, mode }) =>
      process.platform !== 'win32' && ['config', 'data'].includes(name) && (mode & OTHERS) !== 0,
  );
  const details = states.map(({ name, dir, mode, writable, exists }) => {
    const how = exists ? `mode ${octal(mode)}` : 'made when it is needed';
    return `${name}: ${displayPath(dir, cwd)} (${writable ? how : 'cannot be written'})`;
  });
  const data = Object.fromEntries(
    states.map(({ name, dir, writable }) => [name, { path: dir, writable }]),
  );
  if (bad !== undefined) {
    ladder.warn('directories', {
      text: `${displayPath(bad.dir, cwd)} cannot be written`,
      details,
      data,
      hint: 'Make it yours (chown, chmod u+rwx), or move all of them with OSTLER_HOME.',
    });
  } else if (exposed !== undefined) {
    const shown = displayPath(exposed.dir, cwd);
    ladder.warn('directories', {
      text: `others on this machine may look into ${shown} (mode ${octal(exposed.mode)})`,
      details,
      data,
      hint: `chmod 700 ${shown}`,
    });
  } else ladder.ok('directories', { text: 'writable, and private', details, data });
}

async function lookAt(dir: string): Promise<{ exists: boolean; writable: boolean; mode: number }> {
  try {
    const found = await stat(dir);
    return {
      exists: true,
      mode: found.mode & 0o777,
      writable: found.isDirectory() && (await mayWrite(dir)),
    };
  } catch (error) {
    const isMissing = isRecord(error) && error['code'] === 'ENOENT';
    return { exists: false, mode: 0, writable: isMissing && (await mayMake(dir)) };
  }
}

/** True when the nearest directory that exists may be written. */
async function mayMake(dir: string): Promise<boolean> {
  const parent = path.dirname(dir);
  if (parent === dir) return false;
  const exists = await access(parent).then(
    () => true,
    () => false,
  );
  return exists ? mayWrite(parent) : mayMake(parent);
}

function mayWrite(dir: string): Promise<boolean> {
  return access(dir, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;

function tellProxies(ladder: Ladder, { env }: MachineFacts): void {
  const find = (name: string) => [name.toLowerCase(), name].find((each) => env[each]);
  const found = PROXIES.map(find).filter((name) => name !== undefined);
  const words = found.map((name) => `${name}=${proxyWords(env[name] ?? '')}`);
  const exempt = find('NO_PROXY');
  const except = exempt === undefined ? [] : [`${exempt}=${env[exempt] ?? ''}`];
  const wrong = found.filter((name) => proxyWords(env[name] ?? '') === NOT_A_PROXY);
  if (words.length === 0) ladder.ok('proxy', { text: 'none is set' });
  else if (wrong.length === 0) ladder.ok('proxy', { text: [...words, ...except].join(', ') });
  else {
    ladder.warn('proxy', {
      text: [...words, ...except].join(', '),
      hint: `Set ${wrong.join(', ')} to http://host:port.`,
    });
  }
}

const NOT_A_PROXY = 'no http or https URL';

/** A proxy without its password. */
function proxyWords(value: string): string {
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text) || !/^https?:/.test(text)) return NOT_A_PROXY;
  return originOf(text);
}

function tellTerminal(ladder: Ladder, { terminal, env }: MachineFacts): void {
  const { isTerminal, columns, rows, colors } = terminal;
  if (!isTerminal) {
    ladder.skip('terminal', 'the output is no terminal');
    return;
  }
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? '';
  const facts = [
    `${columns} × ${rows}`,
    colors ? 'colours' : 'no colours',
    `TERM=${env['TERM'] ?? ''}`,
    ...(locale === '' ? [] : [locale]),
  ];
  const text = facts.join(', ');
  if (columns < 40 || rows < 10) {
    ladder.warn('terminal', { text, hint: 'Make it larger; 80 × 24 is good.' });
  } else if (locale !== '' && !/utf-?8/i.test(locale) && process.platform !== 'win32') {
    ladder.warn('terminal', { text, hint: 'Use a UTF-8 locale: LANG=C.UTF-8' });
  } else ladder.ok('terminal', { text });
}
