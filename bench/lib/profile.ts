import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The part of a V8 CPU profile that is read here; times in microseconds. */
export interface CpuProfile {
  nodes: readonly {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
    children?: readonly number[];
  }[];
  samples: readonly number[];
  timeDeltas: readonly number[];
}

export interface Cost {
  name: string;
  /** Milliseconds. */
  self: number;
}

/** The file a frame belongs to, short enough to read; node's own are `node:…`, the engine `(…)`. */
function fileOf(url: string): string {
  return url.replace(/^file:\/\/.*?\/((dist|bin|src|node_modules)\/)/, '$1') || '(engine)';
}

function add(costs: Map<string, number>, name: string, time: number): void {
  costs.set(name, (costs.get(name) ?? 0) + time);
}

function sorted(costs: Map<string, number>): Cost[] {
  return [...costs].map(([name, self]) => ({ name, self })).toSorted((a, b) => b.self - a.self);
}

/** Self time of each function and of each file, most expensive first. */
export function selfTimes(profile: CpuProfile): { functions: Cost[]; files: Cost[] } {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const time = (profile.timeDeltas[index] ?? 0) / 1000;
    if (!frame) continue;
    const file = fileOf(frame.url);
    const at = frame.url ? ` ${file}:${frame.lineNumber + 1}:${frame.columnNumber + 1}` : '';
    add(functions, `${frame.functionName || '(anonymous)'}${at}`, time);
    add(files, frame.url ? file : frame.functionName, time);
  }
  return { functions: sorted(functions), files: sorted(files) };
}

/** The one profile `node --cpu-prof-dir` wrote into a folder of its own. */
export function readProfile(folder: string): CpuProfile {
  const name = readdirSync(folder).find((file) => file.endsWith('.cpuprofile'));
  if (name === undefined) throw new Error('node wrote no profile');
  const profile: CpuProfile = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  return profile;
}
