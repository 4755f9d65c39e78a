import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, runToEnd } from './child.js';
import type { Fakes } from './fakes.js';
import type { FakeNotes, Program, Sample, Samples, Scenario, Subject } from './types.js';

const PRELOAD = path.join(import.meta.dirname, 'usage.cjs');
const RUN_LIMIT = 30_000;

/** Where and with what a scenario runs. */
export interface Bench {
  node: string;
  fakes: Fakes;
  /** Empty directory: working directory and home of everything that runs. */
  folder: string;
  /** Told once a round. */
  progress: (text: string) => void;
}

function commandOf(bench: Bench, argv: readonly string[]): Command {
  const { folder, node } = bench;
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: folder,
    BENCH_USAGE: path.join(folder, 'usage.json'),
  };
  return { node, argv, env, cwd: folder, limit: RUN_LIMIT };
}

/** From the tool call to the next request, which is the first chat after it. */
function turnOf({ chats, toolCallAt }: FakeNotes): number {
  const next = chats.find(({ at }) => at > toolCallAt);
  return toolCallAt > 0 && next ? next.at - toolCallAt : Number.NaN;
}

function refuse(subject: Subject, problem: string | undefined): void {
  if (problem !== undefined) throw new Error(`${subject.id}: ${problem}`);
}

async function clock(bench: Bench, subject: Program): Promise<Sample> {
  subject.prepare?.();
  const { stdout, startedAt, exitedAt } = await runToEnd(commandOf(bench, subject.argv));
  const notes = await bench.fakes.take();
  refuse(subject, await subject.check({ stdout, notes }));
  return {
    wall: exitedAt - startedAt,
    turn: turnOf(notes),
    answer: notes.answerAt > 0 ? exitedAt - notes.answerAt : Number.NaN,
  };
}

/** The same run again with the preload, which costs time and is therefore never under the clock. */
async function weigh(bench: Bench, subject: Program): Promise<Sample> {
  subject.prepare?.();
  const command = commandOf(bench, ['--require', PRELOAD, ...subject.argv]);
  const { stdout } = await runToEnd(command);
  const file = command.env['BENCH_USAGE'] ?? '';
  const usage: { cpu: number; rss: number; undici: boolean } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const notes = await bench.fakes.take();
  refuse(subject, await subject.check({ stdout, notes, undici: usage.undici }));
  return { cpu: usage.cpu, rss: usage.rss };
}

/** Needed for a goal of its own, and in a run that only asks whether everything is right. */
function isWeighed({ goals }: Scenario, runs: number): boolean {
  return runs === 1 || goals.some(({ metric }) => metric === 'cpu' || metric === 'rss');
}

/** `runs` rounds, every subject once a round and in turn, after one round that only warms caches. */
export async function measure(bench: Bench, scenario: Scenario, runs: number): Promise<Samples> {
  const samples = new Map<string, Sample[]>(scenario.subjects.map(({ id }) => [id, []]));
  const weighed = isWeighed(scenario, runs);
  const rounds = Math.min(runs, scenario.rounds ?? runs);
  const warmUp = runs > 1 && scenario.rounds === undefined ? 1 : 0;
  for (let round = -warmUp; round < rounds; round += 1) {
    bench.progress(`${scenario.id} ${Math.max(0, round + 1)}/${rounds}`);
    const timed = new Map<Subject, Sample>();
    for (const subject of scenario.subjects) {
      timed.set(subject, 'play' in subject ? await subject.play() : await clock(bench, subject));
    }
    if (round < 0) continue;
    for (const [subject, time] of timed) {
      const usage = 'play' in subject || !weighed ? {} : await weigh(bench, subject);
      samples.get(subject.id)?.push({ ...time, ...usage });
    }
  }
  return samples;
}
