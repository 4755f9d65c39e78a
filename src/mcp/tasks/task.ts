import { isRecord } from '../../core/json.js';

/** Milliseconds between two looks at a task. */
const SHORTEST_MS = 200;
const LONGEST_MS = 30_000;
const USUAL_MS = 1000;
const MAX_ID_CHARS = 1024;
const MAX_MESSAGE_CHARS = 1024;

const STATUSES = ['working', 'input_required', 'completed', 'failed', 'cancelled'] as const;

/** A task as its server tells of it (2025-11-25/basic/utilities/tasks#task). */
export interface Task {
  id: string;
  status: (typeof STATUSES)[number];
  message?: string;
  /** When to look again, milliseconds; bounded. */
  pollMs: number;
}

/** Undefined for what is no task. */
export function parseTask(raw: unknown): Task | undefined {
  if (!isRecord(raw)) return undefined;
  const { taskId, status, statusMessage, pollInterval } = raw;
  const known = STATUSES.find((one) => one === status);
  if (typeof taskId !== 'string' || taskId === '' || taskId.length > MAX_ID_CHARS) return undefined;
  if (known === undefined) return undefined;
  const wanted = typeof pollInterval === 'number' ? pollInterval : USUAL_MS;
  return {
    id: taskId,
    status: known,
    ...(typeof statusMessage === 'string'
      ? { message: statusMessage.slice(0, MAX_MESSAGE_CHARS) }
      : {}),
    pollMs: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wanted)),
  };
}

export function isOver({ status }: Task): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
