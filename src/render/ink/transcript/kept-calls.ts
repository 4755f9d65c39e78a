import type { ToolResultEvent, ToolStatus } from '../../../core/events.js';
import type { JsonObject, JsonValue } from '../../../core/json.js';
import { redact } from '../../../core/redact.js';

/** A finished call with all that can be shown of it. */
export interface KeptCall {
  server: string;
  tool: string;
  args: JsonObject;
  status: ToolStatus;
  ms: number;
  output: string;
  structured?: JsonValue;
  /** Something of it was too large to keep. */
  cut: boolean;
}

/** The calls of the last turn, for the person who wants to see them in full. */
export interface KeptCalls {
  add: (call: Omit<KeptCall, 'cut' | 'output' | 'structured'>, result: Kept) => void;
  clear: () => void;
  list: () => readonly KeptCall[];
}

type Kept = Pick<ToolResultEvent, 'output' | 'structured'>;

/** Characters kept of one call, and of all together. */
const MAX_CALL = 1024 * 1024;
const MAX_ALL = 8 * MAX_CALL;

export function createKeptCalls(): KeptCalls {
  let calls: KeptCall[] = [];
  let used = 0;
  return {
    add(call, { output, structured }) {
      const room = Math.min(MAX_CALL, Math.max(0, MAX_ALL - used));
      const text = cutText(redact(output), room);
      const size = structured === undefined ? 0 : jsonSize(structured, room);
      const fits = structured !== undefined && size <= room - text.length;
      const argsSize = jsonSize(call.args, room);
      const keepArgs = argsSize <= room;
      used += text.length + (fits ? size : 0) + (keepArgs ? argsSize : 0);
      calls.push({
        ...call,
        args: keepArgs ? call.args : {},
        output: text,
        ...(fits ? { structured } : {}),
        cut: text.length < output.length || (structured !== undefined && !fits) || !keepArgs,
      });
    },
    clear() {
      calls = [];
      used = 0;
    },
    list: () => calls,
  };
}

/** A copy, so that the long text behind it can be forgotten. */
function cutText(text: string, chars: number): string {
  return text.length <= chars ? text : Buffer.from(text.slice(0, chars)).toString();
}

/** About how many characters the value's JSON has; stops counting beyond `limit`. */
function jsonSize(value: JsonValue, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  for (const [key, item] of Object.entries(value)) {
    size += key.length + 4 + jsonSize(item, limit - size);
    if (size > limit) return size;
  }
  return size;
}
