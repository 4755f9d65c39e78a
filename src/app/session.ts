import { run } from '../agent/run.js';
import type { AgentDeps, Conversation, RunOutcome } from '../agent/types.js';
import type { ModelSettings } from '../config/types.js';
import { OstlerError, toErrorInfo } from '../core/errors.js';
import { stamp, type AgentEvent, type ServerStatus } from '../core/events.js';
import type { ImageData } from '../core/messages.js';
import { redact } from '../core/redact.js';
import type { Session } from '../core/session.js';
import { VERSION } from '../core/version.js';
import { createAbort } from '../core/wait.js';
import type { ModelInfo } from '../model/types.js';

export interface SessionParts {
  deps: AgentDeps;
  model: ModelSettings;
  system?: string;
  servers: readonly ServerStatus[];
  /** Told at the beginning of the first prompt, and part of the result. */
  warnings: readonly string[];
  close: () => Promise<void>;
}

const NO_USAGE = {
  input_tokens: 0,
  output_tokens: 0,
  total_duration_ms: 0,
  eval_rate: 0,
  context_tokens: 0,
};

/** Unique, and in the order of time; no secret, so Node's crypto need not be loaded for it. */
function createSessionId(): string {
  const random = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  return `${Date.now().toString(36)}-${process.pid.toString(36)}-${random}`;
}

/** A session over connected parts: keeps the conversation, frames every prompt with `init` and `result`. */
export function createSession(parts: SessionParts): Session {
  const id = createSessionId();
  const conversation: Conversation = {
    messages: parts.system === undefined ? [] : [{ role: 'system', content: parts.system }],
    tokenRatio: 1,
  };
  let introduced = false;
  let running: AbortController | undefined;

  async function* send(
    text: string,
    images: readonly ImageData[] = [],
  ): AsyncGenerator<AgentEvent, void> {
    const controller = createAbort();
    running = controller;
    let outcome: RunOutcome = {
      response: '',
      turns: 0,
      toolCalls: [],
      usage: { ...NO_USAGE },
      error: null,
    };
    const warnings: string[] = [];
    try {
      if (!introduced) {
        introduced = true;
        yield stamp({
          type: 'init',
          session_id: id,
          model: parts.model.name,
          version: VERSION,
          servers: [...parts.servers],
        });
        for (const message of parts.warnings) {
          warnings.push(redact(message));
          yield stamp({ type: 'log', level: 'warning', message: redact(message) });
        }
      }
      conversation.messages.push({
        role: 'user',
        content: text,
        ...(images.length === 0 ? {} : { images }),
      });
      yield stamp({
        type: 'message',
        id: `msg_${conversation.messages.length - 1}`,
        role: 'user',
        content: redact(text),
        delta: false,
      });
      const info = await describe(parts, images, controller.signal);
      const steps = run({ deps: parts.deps, conversation, info, signal: controller.signal });
      for (;;) {
        const step = await steps.next();
        if (step.done === true) {
          outcome = step.value;
          break;
        }
        if (step.value.type === 'log' && step.value.level === 'warning')
          warnings.push(step.value.message);
        yield stamp(step.value);
      }
    } catch (error) {
      const info = toErrorInfo(controller.signal.aborted ? controller.signal.reason : error);
      outcome = { ...outcome, error: info };
      yield stamp({ type: 'error', severity: 'error', ...info });
    } finally {
      running = undefined;
      // A consumer that stops early ends what still runs; afterwards nobody listens.
      controller.abort(new OstlerError('interrupted', 'Nobody listens any more.'));
    }
    yield stamp({
      type: 'result',
      status: outcome.error === null ? 'success' : 'error',
      response: redact(outcome.response),
      session_id: id,
      model: parts.model.name,
      turns: outcome.turns,
      tool_calls: outcome.toolCalls,
      usage: outcome.usage,
      error: outcome.error,
      warnings,
    });
  }

  return {
    id,
    servers: parts.servers,
    send,
    abort: (reason) => running?.abort(reason),
    close: parts.close,
  };
}

/** The model's abilities; images for a model without eyes are refused before anything is sent. */
async function describe(
  { deps }: SessionParts,
  images: readonly ImageData[],
  signal: AbortSignal,
): Promise<ModelInfo> {
  const info = await deps.model.describe(signal);
  if (images.length > 0 && !info.vision) {
    throw new OstlerError('model_failed', `${info.name} cannot look at images.`, {
      hint: 'Use a vision model, e.g. -m llama3.2-vision.',
    });
  }
  return info;
}
