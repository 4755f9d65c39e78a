import { nextId, run } from '../../agent/run.js';
import type { RunOutcome } from '../../agent/types.js';
import type { Outgoing } from '../../core/chat.js';
import { now } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import type { AgentEvent, AgentEventBody } from '../../core/events.js';
import type { ChatMessage, ImageData } from '../../core/messages.js';
import { redact } from '../../core/redact.js';
import { createAbort } from '../../core/wait.js';
import { framePrompt } from '../frame.js';
import { checkImages } from '../session.js';
import { createDeps } from './agent-deps.js';
import { toMessages } from './attachment.js';
import type { ChatParts } from './parts.js';

export type Send = (outgoing: Outgoing) => AsyncGenerator<AgentEvent, void>;

/** The prompts of a chat: one at a time, framed as a one-shot run is. */
export function createPrompts(parts: ChatParts): Send {
  const { work, sessions, model, servers } = parts;
  const once = createOnce();

  return async function* send(outgoing) {
    const controller = createAbort();
    const frame = {
      sessionId: sessions.id(),
      model: model.name,
      controller,
      ...(once('init') ? { introduction: { servers: servers.list(), warnings: [] } } : {}),
    };
    if (work.running !== undefined) return yield* framePrompt({ ...frame, work: refuse });
    const done = work.begin((reason) => controller.abort(reason));
    try {
      yield* framePrompt({ ...frame, work: (signal) => answer(parts, { outgoing, once, signal }) });
    } finally {
      done();
      void sessions.flush();
    }
  };
}

/** True the first time only. */
type Once = (what: string) => boolean;

function createOnce(): Once {
  const told = new Set<string>();
  return (what) => told.size < told.add(what).size;
}

interface Asked {
  outgoing: Outgoing;
  once: Once;
  signal: AbortSignal;
}

async function* answer(
  parts: ChatParts,
  { outgoing, once, signal }: Asked,
): AsyncGenerator<AgentEventBody, RunOutcome> {
  const { dialogue, model, work, desk } = parts;
  const { conversation } = dialogue;
  const messages = toMessages(outgoing);
  const id = nextId(conversation);
  dialogue.addPrompt(outgoing.text, messages);
  work.stats.prompts += 1;
  yield { type: 'message', id, role: 'user', content: redact(outgoing.text), delta: false };
  yield* waitForServers(parts, signal);
  const info = await model.info(signal);
  checkImages(imagesOf(messages), info);
  if (!info.tools && parts.tools.offered().tools.length > 0 && once(`tools ${info.name}`)) {
    yield log('warning', `${info.name} cannot call tools, so it is offered none.`);
  }
  const deps = createDeps(parts, await model.current(), info);
  const started = now();
  const askedBefore = desk.askedMs();
  const outcome = yield* explain(run({ deps, conversation, info, signal }));
  work.stats.busyMs += Math.round(now() - started - (desk.askedMs() - askedBefore));
  work.stats.turns += outcome.turns;
  work.stats.toolCalls += outcome.toolCalls.length;
  if (outcome.usage.eval_rate > 0) work.evalRate = outcome.usage.eval_rate;
  return outcome;
}

async function* waitForServers(
  { servers }: ChatParts,
  signal: AbortSignal,
): AsyncGenerator<AgentEventBody, void> {
  const late = await servers.settled(signal);
  if (late.length === 0) return;
  yield log('info', `Still connecting: ${late.join(', ')}. Their tools come when they are there.`);
}

const CONTEXT_HINT =
  'Shorten the conversation with /compact, begin anew with /clear, or switch tools off with /tools.';

/** The run's events; a conversation that became too long is a chat's own problem, with its own way out. */
async function* explain(
  steps: AsyncGenerator<AgentEventBody, RunOutcome>,
): AsyncGenerator<AgentEventBody, RunOutcome> {
  for (;;) {
    const step = await steps.next();
    if (step.done === true) {
      const { error } = step.value;
      if (error?.code !== 'model_context') return step.value;
      return { ...step.value, error: { ...error, hint: CONTEXT_HINT } };
    }
    const event = step.value;
    const isContext = event.type === 'error' && event.code === 'model_context';
    yield isContext ? { ...event, hint: CONTEXT_HINT } : event;
  }
}

// oxlint-disable-next-line require-yield
async function* refuse(): AsyncGenerator<AgentEventBody, RunOutcome> {
  throw new OstlerError('usage', 'The model still answers an earlier prompt.', {
    hint: 'Wait for it, or interrupt it with Esc.',
  });
}

function imagesOf(messages: readonly ChatMessage[]): ImageData[] {
  return messages.flatMap((message) => ('images' in message ? (message.images ?? []) : []));
}

function log(level: 'info' | 'warning', message: string): AgentEventBody {
  return { type: 'log', level, message };
}
