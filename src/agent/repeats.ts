import type { JsonObject } from '../core/json.js';
import type { RegisteredTool } from '../mcp/types.js';
import { canonicalJson } from '../core/canonical-json.js';

/** Small models can call the same tool with the same arguments for ever; this notices. */
export interface RepeatGuard {
  /** Begins a turn: what a model repeats within one turn it repeats before it could know better. */
  nextTurn: () => void;
  /** `run` it, or `refuse` it because it ran twice already. */
  check: (tool: RegisteredTool, args: JsonObject) => 'run' | 'refuse';
  /** What a run came to: a call that brings something new is no repetition. */
  record: (tool: RegisteredTool, args: JsonObject, output: string) => void;
  /** The model went on although it was refused: time to stop. */
  readonly stuck: boolean;
}

/** Runs of one call with one and the same result that are still plausible (polling, a retry). */
const ALLOWED_RUNS = 2;
/** Turns with a refusal of one call after which the model will not come to its senses. */
const ALLOWED_REFUSALS = 2;

export function createRepeatGuard(): RepeatGuard {
  const runs = new Map<string, { count: number; output?: string }>();
  const refusals = new Map<string, Set<number>>();
  let turn = 0;
  let stuck = false;
  return {
    nextTurn() {
      turn += 1;
    },
    check(tool, args) {
      const key = keyOf(tool, args);
      const known = runs.get(key) ?? { count: 0 };
      runs.set(key, known);
      known.count += 1;
      if (known.count <= ALLOWED_RUNS) return 'run';
      const turns = refusals.get(key) ?? new Set();
      refusals.set(key, turns.add(turn));
      stuck ||= turns.size >= ALLOWED_REFUSALS;
      return 'refuse';
    },
    record(tool, args, output) {
      const known = runs.get(keyOf(tool, args));
      if (known === undefined) return;
      if (known.output !== undefined && known.output !== output) known.count = 1;
      known.output = output;
    },
    get stuck() {
      return stuck;
    },
  };
}

function keyOf(tool: RegisteredTool, args: JsonObject): string {
  return `${tool.alias} ${canonicalJson(args)}`;
}
