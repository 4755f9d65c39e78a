import type { Settings } from '../config/types.js';
import { toErrorInfo } from '../core/errors.js';
import { stamp, type AgentEvent } from '../core/events.js';
import { VERSION } from '../core/version.js';

/** The event stream of a run that failed before there was a session: `init`, `error`, `result`. */
export function* failedRun(error: unknown, settings?: Settings): Generator<AgentEvent> {
  const info = toErrorInfo(error);
  const model = settings?.model.name ?? '';
  yield stamp({ type: 'init', session_id: '', model, version: VERSION, servers: [] });
  yield stamp({ type: 'error', severity: 'error', ...info });
  yield stamp({
    type: 'result',
    status: 'error',
    response: '',
    session_id: '',
    model,
    turns: 0,
    tool_calls: [],
    usage: {
      input_tokens: 0,
      output_tokens: 0,
      total_duration_ms: 0,
      eval_rate: 0,
      context_tokens: 0,
    },
    error: info,
    warnings: [...(settings?.warnings ?? [])],
  });
}
