import { once } from 'node:events';
import path from 'node:path';
import { start } from './child.js';
import type { Context, MakeScenario } from './context.js';
import type { Goal, Observed, Program, Scenario } from './types.js';

const BENCH = path.resolve(import.meta.dirname, '..');
const ROOT = path.resolve(BENCH, '..');
const ENTRY = path.join(ROOT, 'bin/ostler.cjs');
const STDIO = path.join(BENCH, 'servers/stdio.cjs');
const EVERYTHING = path.join(ROOT, 'node_modules/@modelcontextprotocol/server-everything/dist');
const TOKEN = 'bench-check-2b61f0d94c7e8a35';

type Check = Program['check'];

/** A server in the words of the floors, and in those of ostler's command line. */
interface Target {
  server: object;
  words: readonly string[];
}

/** `ostler tools SERVER`, or `ostler call SERVER TOOL …` with a call. */
interface Look {
  id: string;
  title: string;
  target: Target;
  call?: { name: string; arguments: Readonly<Record<string, number>> };
  check: Check;
  goals: readonly Goal[];
}

const withoutUndici =
  (check: Check): Check =>
  (run) =>
    run.undici ? 'loaded undici' : check(run);

function listed(...names: readonly string[]): Check {
  return ({ stdout }) => {
    const missing = names.find((name) => !new RegExp(`^${name}\\b`, 'm').test(stdout));
    return missing === undefined ? undefined : `${missing} is not in ${JSON.stringify(stdout)}`;
  };
}

function summed({ stdout, notes }: Observed): string | undefined {
  if (stdout.trim() !== '5') return `wrong result ${JSON.stringify(stdout)}`;
  return notes.refused > 0 ? `${notes.refused} requests without the token` : undefined;
}

function look({ id, title, target, call, check, goals }: Look): Scenario {
  const { server, words } = target;
  const plain = [JSON.stringify(server)];
  if (call !== undefined) plain.push(call.name, JSON.stringify(call.arguments));
  const pairs = Object.entries(call?.arguments ?? {}).map(([name, value]) => `${name}=${value}`);
  // A command stands last, behind `--`; a URL stands first.
  const at = words.indexOf('--');
  const [before, after] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at)];
  const ours = call === undefined ? ['tools', ...before] : ['call', ...before, call.name, ...pairs];
  return {
    id,
    title,
    subjects: [
      { id: 'raw', role: 'raw', argv: [`${BENCH}/raw/look.cjs`, ...plain], check },
      {
        id: 'libs',
        role: 'libs',
        against: 'raw',
        argv: [`${BENCH}/libs/look.mjs`, ...plain],
        check,
      },
      {
        id: 'ours',
        role: 'ours',
        against: 'raw',
        argv: [ENTRY, ...ours, ...after],
        check: withoutUndici(check),
      },
    ],
    goals,
  };
}

const within = (limit: number, memory: number): readonly Goal[] => [
  { kind: 'ratio', metric: 'wall', limit },
  { kind: 'most', metric: 'rss', limit: memory },
];

const SUM = { name: 'add_numbers', arguments: { number1: 2, number2: 3 } };

function stdioTarget({ node }: Context): Target {
  return { server: { command: node, args: [STDIO] }, words: ['--', node, STDIO] };
}

function remoteTarget({ fakes }: Context, type: 'sse' | 'http'): Target {
  const url = `${fakes.remoteUrl}/${type === 'sse' ? 'sse' : 'mcp'}`;
  const headers = Object.entries(fakes.headers).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ]);
  return { server: { type, url, headers: fakes.headers }, words: [url, ...headers] };
}

function list(context: Context): Scenario {
  return look({
    id: 'list',
    title: '`tools` of a stdio server',
    target: stdioTarget(context),
    check: listed('add_numbers', 'record_1', 'record_2'),
    goals: within(1.9, 75),
  });
}

function call(context: Context): Scenario {
  return look({
    id: 'call',
    title: '`call` on a stdio server',
    target: stdioTarget(context),
    call: SUM,
    check: summed,
    goals: within(1.9, 75),
  });
}

function callRemote(context: Context, type: 'sse' | 'http'): Scenario {
  const transport = type === 'sse' ? 'SSE' : 'Streamable HTTP';
  return look({
    id: `call-${type}`,
    title: `\`call\` over ${transport} with a bearer header`,
    target: remoteTarget(context, type),
    call: SUM,
    check: summed,
    goals: within(2.5, 70),
  });
}

/** It does not exit by itself when its input ends. */
function everything({ node }: Context): Scenario {
  const words = [path.join(EVERYTHING, 'index.js'), 'stdio'];
  return look({
    id: 'everything',
    title: '`tools` of server-everything',
    target: { server: { command: node, args: words }, words: ['--', node, ...words] },
    check: listed('echo', 'get-sum'),
    goals: within(1.3, 75),
  });
}

interface Served {
  url: string;
  close: () => Promise<void>;
}

/** The sample server on a free port. */
function serveMath(node: string, folder: string): Promise<Served> {
  const child = start(node, [ENTRY, 'serve', 'math', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], HOME: folder, OSTLER_SERVE_TOKEN: TOKEN },
  });
  const gone = once(child, 'exit');
  const close = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the sample server ended')));
    child.stdout?.once('data', (line: Buffer) => {
      const { sseUrl } = JSON.parse(line.toString('utf8')) as { sseUrl: string };
      resolve({ url: sseUrl, close });
    });
  });
}

function audited({ stdout }: Observed): string | undefined {
  const report = JSON.parse(stdout) as { counts: Record<string, number> };
  const { pass = 0, fail = 0 } = report.counts;
  return fail === 0 && pass > 20 ? undefined : `${pass} passed, ${fail} failed`;
}

async function check({ node, folder, quick }: Context, rate?: string): Promise<Scenario> {
  const { url, close } = await serveMath(node, folder);
  const argv = [ENTRY, 'check', url, '-H', `Authorization: Bearer ${TOKEN}`, '--json'];
  const hurried = rate !== undefined || quick;
  if (hurried) argv.push('--rate', rate ?? 'unlimited');
  return {
    id: rate === undefined ? 'check' : 'check-unlimited',
    title: `\`check\` of a loopback server, ${rate === undefined ? 'by default' : `\`--rate ${rate}\``}`,
    subjects: [{ id: 'ours', role: 'ours', against: 'ours', argv, check: withoutUndici(audited) }],
    goals: [
      { kind: 'most', metric: 'wall', limit: rate === undefined ? 15_000 : 4000 },
      { kind: 'most', metric: 'rss', limit: 75 },
    ],
    rounds: rate === undefined ? 1 : 3,
    close,
  };
}

/** Looking at servers and testing them, without a model. */
export const LOOK_SCENARIOS: readonly (readonly [id: string, make: MakeScenario])[] = [
  ['list', list],
  ['call', call],
  ['call-sse', (context) => callRemote(context, 'sse')],
  ['call-http', (context) => callRemote(context, 'http')],
  ['everything', everything],
  ['check', (context) => check(context)],
  ['check-unlimited', (context) => check(context, 'unlimited')],
];
