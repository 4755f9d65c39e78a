import type { JsonObject, JsonValue } from '../core/json.js';
import type { RegisteredTool } from '../mcp/types.js';

/** Small models can call the same tool with the same arguments for ever; this notices. */
export interface RepeatGuard {
  /** Begins a turn: what a model repeats within one turn it repeats before it could know better. */
  nextTurn: () => void;
  /** `run` it, or `refuse` it because it ran twice already. */
  check: (tool: RegisteredTool, args: JsonObject) => 'run' | 'refuse';
  /** The model went on although it was refused: time to stop. */
  readonly stuck: boolean;
}

/** Runs of one call that are still plausible (polling, a retry). */
const ALLOWED_RUNS = 2;
/** Turns with a refusal of one call after which the model will not come to its senses. */
const ALLOWED_REFUSALS = 2;

export function createRepeatGuard(): RepeatGuard {
  const runs = new Map<string, number>();
  const refusals = new Map<string, Set<number>>();
  let turn = 0;
  let stuck = false;
  return {
    nextTurn() {
      turn += 1;
    },
    check(tool, args) {
      const key = `${tool.alias} ${canonicalJson(args)}`;
      const count = (runs.get(key) ?? 0) + 1;
      runs.set(key, count);
      if (count <= ALLOWED_RUNS) return 'run';
      const turns = refusals.get(key) ?? new Set();
      refusals.set(key, turns.add(turn));
      stuck ||= turns.size >= ALLOWED_REFUSALS;
      return 'refuse';
    },
    get stuck() {
      return stuck;
    },
  };
}

/** JSON with its keys in order, so that equal arguments are equal texts. */
function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
