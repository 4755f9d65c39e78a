import type { RunOutcome } from '../agent/types.js';
import { OstlerError, toErrorInfo } from '../core/errors.js';
import { stamp, type AgentEvent, type AgentEventBody, type ServerStatus } from '../core/events.js';
import { redact } from '../core/redact.js';
import { VERSION } from '../core/version.js';

export interface FrameInput {
  sessionId: string;
  model: string;
  /** Ends the prompt; fired by the frame itself when nobody reads on. */
  controller: AbortController;
  /** Told before everything else, once a session. */
  introduction?: { servers: readonly ServerStatus[]; warnings: readonly string[] };
  /** The prompt: its events, and how it ended. What it throws becomes the error of the result. */
  work: (signal: AbortSignal) => AsyncGenerator<AgentEventBody, RunOutcome>;
}

const NO_USAGE = {
  input_tokens: 0,
  output_tokens: 0,
  total_duration_ms: 0,
  eval_rate: 0,
  context_tokens: 0,
};

/** Unique, and in the order of time; no secret, so Node's crypto need not be loaded for it. */
export function createSessionId(): string {
  const random = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  return `${Date.now().toString(36)}-${process.pid.toString(36)}-${random}`;
}

/** One prompt as events: `init` first where there is an introduction, `result` last, whatever happens. */
export async function* framePrompt(input: FrameInput): AsyncGenerator<AgentEvent, void> {
  const { controller, introduction } = input;
  const warnings: string[] = [];
  let outcome = noOutcome();
  try {
    if (introduction !== undefined) {
      yield* introduce(input, introduction);
      warnings.push(...introduction.warnings.map(redact));
    }
    const steps = input.work(controller.signal);
    for (;;) {
      const step = await steps.next();
      if (step.done === true) {
        outcome = step.value;
        break;
      }
      const event = step.value;
      if (event.type === 'log' && event.level === 'warning') warnings.push(event.message);
      yield stamp(event);
    }
  } catch (error) {
    const info = toErrorInfo(controller.signal.aborted ? controller.signal.reason : error);
    outcome = { ...outcome, error: info };
    yield stamp({ type: 'error', severity: 'error', ...info });
  } finally {
    // A consumer that stops early ends what still runs; afterwards nobody listens.
    controller.abort(new OstlerError('interrupted', 'Nobody listens any more.'));
  }
  yield toResult(input, outcome, warnings);
}

function noOutcome(): RunOutcome {
  return { response: '', turns: 0, toolCalls: [], usage: { ...NO_USAGE }, error: null };
}

function* introduce(
  { sessionId, model }: FrameInput,
  { servers, warnings }: NonNullable<FrameInput['introduction']>,
): Generator<AgentEvent> {
  yield stamp({
    type: 'init',
    session_id: sessionId,
    model,
    version: VERSION,
    servers: [...servers],
  });
  for (const message of warnings) {
    yield stamp({ type: 'log', level: 'warning', message: redact(message) });
  }
}

function toResult(
  { sessionId, model }: FrameInput,
  outcome: RunOutcome,
  warnings: string[],
): AgentEvent {
  return stamp({
    type: 'result',
    status: outcome.error === null ? 'success' : 'error',
    response: redact(outcome.response),
    session_id: sessionId,
    model,
    turns: outcome.turns,
    tool_calls: outcome.toolCalls,
    usage: outcome.usage,
    error: outcome.error,
    warnings,
  });
}
