import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { countSequences } from '../../test/support/sequences.js';
import { now } from './child.js';
import type { Context, MakeScenario } from './context.js';
import { buildFloor } from './floor.js';
import { type Player, type SeatOptions, sitDown } from './seat.js';
import { median } from './statistics.js';
import type { Sample, Scenario } from './types.js';
import { typeKeys, TYPED, untilUsable } from './typing.js';

const BENCH = path.resolve(import.meta.dirname, '..');
const ENTRY = path.resolve(BENCH, '../bin/ostler.cjs');

/** A chat without servers, unless some are given. */
function chatArguments({ fakes, folder }: Context, model = 'llama3.1', servers = {}): string[] {
  const config = path.join(folder, `${Object.keys(servers).join('-') || 'none'}.json`);
  writeFileSync(config, JSON.stringify({ mcpServers: servers }));
  const flags = ['--strict-mcp-config', '--mcp-config', config, '--no-session'];
  return [ENTRY, '-m', model, '--host', fakes.ollamaUrl, ...flags];
}

/** Sits down, plays, and leaves, also when something went wrong. */
async function at(
  options: SeatOptions,
  play: (player: Player) => Promise<Sample>,
): Promise<Sample> {
  const player = await sitDown(options);
  try {
    return await play(player);
  } finally {
    await player.leave();
  }
}

async function start(player: Player): Promise<Sample> {
  const wall = await untilUsable(player);
  return { wall, rss: player.rss() };
}

async function chat(context: Context): Promise<Scenario> {
  const { node, folder } = context;
  const floor = await buildFloor(folder);
  const silent = { command: node, args: [`${BENCH}/servers/stdio.cjs`, '--start-ms', '600000'] };
  const seat = (argv: readonly string[]) => () => at({ node, argv, folder }, start);
  const plain = seat(chatArguments(context));
  const waiting = seat(chatArguments(context, 'llama3.1', { silent }));
  return {
    id: 'chat',
    title: 'chat: start to usable prompt, also with a server that never answers',
    subjects: [
      { id: 'raw', role: 'raw', play: seat([floor]) },
      { id: 'no server', role: 'ours', against: 'raw', play: plain },
      { id: 'silent server', role: 'ours', against: 'raw', play: waiting },
    ],
    goals: [
      { kind: 'ratio', metric: 'wall', limit: 1.5 },
      { kind: 'most', metric: 'rss', limit: 120 },
    ],
  };
}

async function keys(context: Context): Promise<Scenario> {
  const { node, folder, quick } = context;
  const floor = await buildFloor(folder);
  const play = async (player: Player): Promise<Sample> => {
    await untilUsable(player);
    // What is still being loaded in the background would count as slow typing.
    await delay(quick ? 0 : 1000);
    return typeKeys(player, quick ? 10 : 200);
  };
  const seat = (argv: readonly string[]) => () => at({ node, argv, folder }, play);
  return {
    id: 'keys',
    title: 'chat: key to screen, idle',
    subjects: [
      { id: 'raw', role: 'raw', play: seat([floor]) },
      { id: 'ours', role: 'ours', against: 'raw', play: seat(chatArguments(context)) },
    ],
    goals: [
      { kind: 'most', metric: 'key', limit: 5 },
      { kind: 'most', metric: 'keyTail', limit: 16 },
    ],
    rounds: 3,
  };
}

/** Sends a prompt; resolves when the answer has begun. */
async function ask({ pty, shown, sees }: Player): Promise<void> {
  // Before that, Enter still means a new line to the terminal.
  await shown(() => pty.mode(2004) === true);
  pty.paste('Write a document');
  pty.press('enter');
  await shown(() => sees('mark0001'));
}

function keysWhileStreaming(context: Context): Scenario {
  const { node, folder, quick } = context;
  const play = async (player: Player): Promise<Sample> => {
    await ask(player);
    await untilUsable(player);
    return typeKeys(player, quick ? 10 : 200);
  };
  const argv = chatArguments(context, 'markdown-400');
  return {
    id: 'keys-streaming',
    title: 'chat: key to screen while 200 tokens/s come in',
    subjects: [
      { id: 'ours', role: 'ours', against: 'ours', play: () => at({ node, argv, folder }, play) },
    ],
    goals: [{ kind: 'most', metric: 'keyTail', limit: 50 }],
    rounds: 3,
  };
}

async function readDocument(player: Player): Promise<Sample> {
  const { pty, shown, sees, cpu } = player;
  await ask(player);
  const before = { at: now(), cpu: cpu(), written: pty.bytes().length };
  const framesBefore = countSequences(pty.bytes()).frames;
  const endedAt = await shown(() => sees('finis'), 240_000);
  const seconds = (endedAt - before.at) / 1000;
  const { clear2J, clear3J, frames } = countSequences(pty.bytes());
  const problem = wrongOrder(pty.scrollback());
  if (problem !== undefined) throw new Error(problem);
  return {
    share: (cpu() - before.cpu) / 10 / seconds,
    written: (pty.bytes().length - before.written) / 1e6,
    frames: (frames - framesBefore) / seconds,
    wipes: clear2J + clear3J,
    rss: player.rss(),
  };
}

/** Every section of the document stands in the scrollback once, one after the other. */
function wrongOrder(rows: readonly string[]): string | undefined {
  const marks = rows.flatMap((row) => /Section \d+: mark(\d{4})/.exec(row)?.[1] ?? []);
  const wrong = marks.findIndex((mark, index) => Number(mark) !== index + 1);
  if (marks.length === 0) return 'no section in the scrollback';
  return wrong === -1 ? undefined : `section ${wrong + 1} is ${marks[wrong]} in the scrollback`;
}

function markdown(context: Context): Scenario {
  const { node, folder, quick } = context;
  const argv = chatArguments(context, `markdown-${quick ? 4 : 40}`);
  const play = () => at({ node, argv, folder }, readDocument);
  return {
    id: 'markdown',
    title: 'chat: 40 KB of Markdown, 200 tokens/s',
    subjects: [{ id: 'ours', role: 'ours', against: 'ours', play }],
    goals: [
      { kind: 'most', metric: 'share', limit: 15 },
      { kind: 'most', metric: 'written', limit: 2 },
      { kind: 'most', metric: 'frames', limit: 30 },
      { kind: 'most', metric: 'wipes', limit: 0 },
    ],
    rounds: 1,
  };
}

const TURNS = 2000;

/** One prompt and its answer; resolves to the milliseconds that were the host's. */
async function turn({ pty, shown, sees }: Player, fakes: Context['fakes'], number: number) {
  const sentAt = now();
  pty.paste(`turn ${number}: ${'what comes next? '.repeat(4)}`);
  pty.press('enter');
  const seenAt = await shown(() => sees(`answer-${number}.`));
  const { chats, answeredAt } = await fakes.take();
  const [request] = chats;
  if (!request) throw new Error(`turn ${number} did not reach the model`);
  // The whole conversation goes along, or a late turn would not be a late one.
  const earlier = 2 * (number - 1);
  if (request.messages < earlier) throw new Error(`${request.messages} messages in turn ${number}`);
  return request.startedAt - sentAt + (seenAt - answeredAt);
}

/** Heap after garbage collection, bytes; the preload writes it on a signal. */
async function heapOf({ pty }: Player, file: string): Promise<number> {
  rmSync(file, { force: true });
  process.kill(pty.pid, 'SIGUSR2');
  for (let tries = 0; tries < 200 && !existsSync(file); tries += 1) await delay(50);
  return Number(readFileSync(file, 'utf8'));
}

function turns(context: Context): Scenario {
  const { node, folder, fakes, quick } = context;
  const file = path.join(folder, 'heap');
  const preload = ['--expose-gc', '--require', path.join(BENCH, 'lib/heap.cjs')];
  const argv = [...preload, ...chatArguments(context, 'turns'), '--num-ctx', '131072'];
  const last = quick ? 40 : TURNS;
  const play = async (player: Player): Promise<Sample> => {
    await untilUsable(player);
    player.pty.press(...Array.from(TYPED, () => 'backspace'));
    const times: number[] = [];
    let early = 0;
    for (let number = 1; number <= last; number += 1) {
      times.push(await turn(player, fakes, number));
      if (number === 20) early = await heapOf(player, file);
    }
    const late = await heapOf(player, file);
    const text = (last - 20) * TURN_BYTES;
    return {
      grown: (late - early - 3 * text) / 2 ** 20,
      later: median(times.slice(-10)) - median(times.slice(5, 15)),
      rss: player.rss(),
    };
  };
  const seat = () => at({ node, argv, folder, env: { BENCH_HEAP: file } }, play);
  return {
    id: 'turns',
    title: `chat: ${TURNS} turns in one conversation`,
    subjects: [{ id: 'ours', role: 'ours', against: 'ours', play: seat }],
    goals: [
      { kind: 'most', metric: 'grown', limit: 15 },
      { kind: 'most', metric: 'later', limit: 15 },
    ],
    rounds: 1,
  };
}

/** Prompt and answer of a turn, about. */
const TURN_BYTES = 280;

/** Scenarios that need a person at a terminal. */
export const TERMINAL_SCENARIOS: readonly (readonly [string, MakeScenario])[] = [
  ['chat', chat],
  ['keys', keys],
  ['keys-streaming', keysWhileStreaming],
  ['markdown', markdown],
  ['turns', turns],
];
