import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listCommands } from './commands.js';
import type { Context, MakeScenario } from './context.js';
import { LOOK_SCENARIOS } from './look-scenarios.js';
import { TERMINAL_SCENARIOS } from './terminal-scenarios.js';
import type { Observed, Program, Scenario, Subject } from './types.js';

const BENCH = path.resolve(import.meta.dirname, '..');
const ENTRY = path.resolve(BENCH, '../bin/ostler.cjs');
const STDIO = path.join(BENCH, 'servers/stdio.cjs');
const EMPTY = path.join(BENCH, 'raw/empty.cjs');

type Check = Program['check'];
type Servers = Readonly<Record<string, object>>;

function checkVersion({ stdout }: Observed): string | undefined {
  return /^\S*\d+\.\d+\.\d+/.test(stdout) ? undefined : `no version in ${JSON.stringify(stdout)}`;
}

function checkHelp({ stdout }: Observed): string | undefined {
  return stdout.startsWith('Usage: ') ? undefined : `no help in ${JSON.stringify(stdout)}`;
}

/** The tool was offered with all others, called, and its result reached the answer. */
function checkSum(tools: number): Check {
  return ({ stdout, notes }) => {
    if (stdout.trim() !== 'The sum is 5.') return `wrong answer ${JSON.stringify(stdout)}`;
    if (notes.chats.length !== 2) return `${notes.chats.length} requests to the model`;
    if (notes.chats[0]?.tools !== tools)
      return `${notes.chats[0]?.tools} of ${tools} tools offered`;
    return notes.refused > 0 ? `${notes.refused} requests without the token` : undefined;
  };
}

function checkLongAnswer({ stdout }: Observed): string | undefined {
  const words = stdout.trimEnd().split(' ').length;
  return words === 20_000 ? undefined : `${words} of 20000 words`;
}

/** The web stack costs a short process 100 ms and 30 MB; ours must not touch it. */
function withoutUndici(check: Check): Check {
  return (run) => (run.undici ? 'loaded undici' : check(run));
}

interface Job {
  name: string;
  servers: Servers;
  model?: string;
  check: Check;
  prepare?: () => void;
}

/** The same job for the two floors and for ostler. */
function subjectsOf({ fakes, folder }: Context, job: Job, suffix = ''): Program[] {
  const config = path.join(folder, `${job.name}.json`);
  writeFileSync(config, JSON.stringify({ mcpServers: job.servers }));
  const model = job.model ?? 'llama3.1';
  const prompt = 'Help us to add 2 and 3';
  const plain = [config, fakes.ollamaUrl, model, prompt];
  const flags = ['--strict-mcp-config', '--approval', 'auto', '-o', 'text'];
  const ours = ['-p', prompt, '-m', model, '--host', fakes.ollamaUrl, '--mcp-config', config];
  const against = `raw${suffix}`;
  const { check, prepare = () => {} } = job;
  const libs = { role: 'libs', against, argv: [`${BENCH}/libs/host.mjs`, ...plain] } as const;
  const own = { role: 'ours', against, argv: [ENTRY, ...ours, ...flags] } as const;
  return [
    { id: against, role: 'raw', argv: [`${BENCH}/raw/host.cjs`, ...plain], check, prepare },
    { id: `libs${suffix}`, ...libs, check, prepare },
    { id: `ours${suffix}`, ...own, check: withoutUndici(check), prepare },
  ];
}

function stdioServer({ node }: Context, ...args: string[]): object {
  return { command: node, args: [STDIO, ...args] };
}

function version(): Scenario {
  const raw: Program = { id: 'raw', role: 'raw', argv: [EMPTY], check: () => undefined };
  const argv = [ENTRY, '--version'];
  const ours: Subject = { id: 'ours', role: 'ours', against: 'raw', argv, check: checkVersion };
  return {
    id: 'version',
    title: '`--version`',
    subjects: [raw, ours],
    goals: [{ kind: 'ratio', metric: 'wall', limit: 1.15 }],
  };
}

/** Each help text stands against an empty script run right before it. */
async function help({ node }: Context): Promise<Scenario> {
  const commands = await listCommands(node, ENTRY);
  const subjects = commands.flatMap((command): Subject[] => {
    const id = command.join(' ') || 'ostler';
    const against = `raw ${id}`;
    return [
      { id: against, role: 'raw', argv: [EMPTY], check: () => undefined },
      { id, role: 'ours', against, argv: [ENTRY, ...command, '--help'], check: checkHelp },
    ];
  });
  return {
    id: 'help',
    title: `\`--help\` of every command (${commands.length}, the slowest)`,
    subjects,
    goals: [{ kind: 'ratio', metric: 'wall', limit: 1.25 }],
  };
}

function stdio(context: Context): Scenario {
  const servers = { local: stdioServer(context) };
  return {
    id: 'stdio',
    title: 'one-shot, one tool round trip, stdio server',
    subjects: subjectsOf(context, { name: 'stdio', servers, check: checkSum(3) }),
    goals: [
      { kind: 'ratio', metric: 'wall', limit: 1.5 },
      { kind: 'most', metric: 'rss', limit: 75 },
      { kind: 'most', metric: 'turn', limit: 12, orRatio: 2.5 },
    ],
  };
}

function remote(context: Context, type: 'sse' | 'http'): Scenario {
  const { remoteUrl, headers } = context.fakes;
  const url = `${remoteUrl}/${type === 'sse' ? 'sse' : 'mcp'}`;
  const servers = { remote: { type, url, headers } };
  const transport = type === 'sse' ? 'SSE' : 'Streamable HTTP';
  return {
    id: type,
    title: `the same over ${transport} with a bearer header`,
    subjects: subjectsOf(context, { name: type, servers, check: checkSum(3) }),
    goals: [{ kind: type === 'sse' ? 'ratio' : 'none', metric: 'wall', limit: 2.5 }],
  };
}

function stream(context: Context): Scenario {
  const job = { name: 'stream', servers: {}, model: 'stream', check: checkLongAnswer };
  return {
    id: 'stream',
    title: '20,000 streamed chunks, one-shot',
    subjects: subjectsOf(context, job),
    goals: [
      { kind: 'ratio', metric: 'answer', limit: 2 },
      { kind: 'ratio', metric: 'cpu', limit: 2.2 },
    ],
  };
}

function ten(context: Context): Scenario {
  const servers = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [
      `slow${index}`,
      stdioServer(context, '--tools', '1', '--start-ms', '300'),
    ]),
  );
  return {
    id: 'ten',
    title: 'ten stdio servers that take 300 ms each to start',
    subjects: subjectsOf(context, { name: 'ten', servers, check: checkSum(10) }),
    goals: [{ kind: 'ratio', metric: 'wall', limit: 1.1 }],
  };
}

/** 500 tools stand against the same program with 3, run right before. */
function catalogue(context: Context): Scenario {
  const jobs = [3, 500].map((tools) => {
    const servers = { local: stdioServer(context, '--tools', String(tools)) };
    const job = { name: `tools${tools}`, servers, check: checkSum(tools) };
    return subjectsOf(context, job, ` ${tools}`);
  });
  const [few = [], many = []] = jobs;
  const subjects = few.flatMap((base, index): Subject[] => {
    const { against: _, ...alone } = base;
    const big = many[index];
    return big ? [alone, { ...big, against: base.id }] : [alone];
  });
  return {
    id: 'tools',
    title: '500 tools offered instead of 3',
    subjects,
    goals: [
      { kind: 'more', metric: 'wall', limit: 60 },
      { kind: 'more', metric: 'rss', limit: 10 },
    ],
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  // A zombie is dead; nobody is left who would have to reap it at once.
  return !(existsSync(stat) && / Z /.test(readFileSync(stat, 'latin1')));
}

async function checkGone(pidFile: string): Promise<string | undefined> {
  const pid = Number(readFileSync(pidFile, 'utf8'));
  for (let tries = 0; tries < 20; tries += 1) {
    if (!isRunning(pid)) return undefined;
    await delay(25);
  }
  return `left its server running (${pid})`;
}

function exit(context: Context): Scenario {
  const pidFile = path.join(context.folder, 'stubborn.pid');
  const servers = { stubborn: stdioServer(context, '--stubborn', '--pid-file', pidFile) };
  const check: Check = async (run) => (await checkSum(3)(run)) ?? (await checkGone(pidFile));
  const prepare = (): void => rmSync(pidFile, { force: true });
  const subjects = subjectsOf(context, { name: 'exit', servers, check, prepare });
  return {
    id: 'exit',
    title: 'exit after the last byte, a server ignoring end of input',
    // The clock starts at the model's last byte: an answer held back until the servers are gone counts.
    // The libraries wait four seconds here; nothing is learnt from that nine times.
    subjects: subjects.filter(({ role }) => role !== 'libs'),
    goals: [{ kind: 'most', metric: 'answer', limit: 150 }],
  };
}

/** All scenarios by id, in the order of the table; each is made when it is its turn. */
export const SCENARIOS: ReadonlyMap<string, MakeScenario> = new Map<string, MakeScenario>([
  ['version', version],
  ['help', help],
  ['stdio', stdio],
  ['sse', (context) => remote(context, 'sse')],
  ['http', (context) => remote(context, 'http')],
  ['stream', stream],
  ['ten', ten],
  ['tools', catalogue],
  ['exit', exit],
  ...LOOK_SCENARIOS,
  ...TERMINAL_SCENARIOS,
]);

/** Run only when it is asked for by its id: takes minutes. */
export const ON_DEMAND: ReadonlySet<string> = new Set(['turns']);
