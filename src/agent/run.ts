import { now } from '../core/clock.js';
import { abortError, OstlerError, toErrorInfo } from '../core/errors.js';
import type { AgentEventBody, ToolCallSummary } from '../core/events.js';
import type { ChatMessage } from '../core/messages.js';
import type { ChatRequest, ModelTool } from '../model/types.js';
import {
  BUCKETS,
  chooseContext,
  estimatePrompt,
  growContext,
  learnRatio,
} from '../model/context-budget.js';
import { dispatchCalls } from './dispatch.js';
import { toModelTools } from './model-tools.js';
import { nudge } from './nudge.js';
import { createRepeatGuard } from './repeats.js';
import { toSend } from './to-send.js';
import { createTurn, streamTurn, type Turn } from './turn.js';
import type { Conversation, DispatchedCall, RunInput, RunOutcome } from './types.js';
import { deniedUnattended } from './unattended.js';

/** Share of the context window that one tool result may take. */
const RESULT_SHARE = 0.25;
/** Share that the results of one turn may take together. */
const RESULTS_SHARE = 0.5;
const CHARS_PER_TOKEN = 3.5;
const MIN_RESULT_CHARS = 4000;
const MAX_RESULT_CHARS = 60_000;

/**
 * One prompt: turns of model and tools until the model answers without a call. The prompt is the
 * last message of the conversation; every message of the turns is appended to it. Failures of
 * model and tools are events and part of the outcome; only bugs throw.
 */
export async function* run(input: RunInput): AsyncGenerator<AgentEventBody, RunOutcome> {
  const state = createState();
  const { outcome } = state;
  try {
    yield* turns(input, state);
  } catch (error) {
    const failure = input.signal.aborted ? abortError(input.signal) : error;
    if (!(failure instanceof OstlerError)) throw failure;
    outcome.error = toErrorInfo(failure);
    yield { type: 'error', severity: 'error', ...outcome.error };
  }
  const { output_tokens: tokens } = outcome.usage;
  outcome.usage.total_duration_ms = Math.round(now() - state.started);
  outcome.usage.eval_rate =
    state.evalMs > 0 ? Math.round((tokens / state.evalMs) * 10_000) / 10 : 0;
  return outcome;
}

interface State {
  outcome: RunOutcome;
  /** Offered in the turn that runs. */
  tools: readonly ModelTool[];
  repeats: ReturnType<typeof createRepeatGuard>;
  started: number;
  evalMs: number;
  /** Calls that were denied only because nobody was there. */
  unattended: ToolCallSummary[];
}

function createState(): State {
  const usage = {
    input_tokens: 0,
    output_tokens: 0,
    total_duration_ms: 0,
    eval_rate: 0,
    context_tokens: 0,
  };
  return {
    outcome: { response: '', turns: 0, toolCalls: [], usage, error: null },
    tools: [],
    repeats: createRepeatGuard(),
    started: now(),
    evalMs: 0,
    unattended: [],
  };
}

async function* turns(input: RunInput, state: State): AsyncGenerator<AgentEventBody, void> {
  const { deps, conversation, signal } = input;
  const { outcome } = state;
  let nudged = false;
  while (outcome.turns < deps.maxTurns) {
    const registry = deps.tools();
    state.tools = toModelTools(registry);
    if (state.tools.length > 0 && !input.info.tools) throw withoutTools(input.info.name);
    outcome.turns += 1;
    const turn = yield* requestTurn(input, state);
    record(turn, input, state);
    if (turn.toolCalls.length === 0) {
      if (isSwallowed(turn, state) && !nudged) {
        nudged = true;
        append(conversation, nudge(state.tools));
        continue;
      }
      if (turn.cut) yield warning('The answer reached the token limit and is cut off.');
      else if (turn.content.trim() === '') yield warning('The model gave an empty answer.');
      if (state.unattended.length > 0) throw deniedUnattended(state.unattended);
      return;
    }
    const dispatched = yield* dispatchCalls(turn.toolCalls, {
      deps,
      tools: registry,
      info: input.info,
      repeats: state.repeats,
      signal,
      maxResultChars: resultChars(input, turn.toolCalls.length),
    });
    keep(dispatched, input, state);
    if (signal.aborted) throw abortError(signal);
    const stopped = dispatched.find(({ stop }) => stop);
    if (stopped !== undefined) throw stoppedAt(stopped);
    if (state.repeats.stuck) {
      throw new OstlerError(
        'model_loop',
        'The model keeps calling the same tool with the same arguments.',
        {
          hint: 'Try another model, or --temperature 0.2.',
        },
      );
    }
  }
  throw new OstlerError('turn_limit', `The model still wants tools after ${deps.maxTurns} turns.`, {
    hint: 'Raise the limit with --max-turns.',
  });
}

/** One request; when the model's host says that the context is too small, once more with a larger window. */
async function* requestTurn(input: RunInput, state: State): AsyncGenerator<AgentEventBody, Turn> {
  const { deps, conversation, info, signal } = input;
  const messages = toSend(conversation.messages, info, state.tools);
  const estimate = estimatePrompt(messages, state.tools);
  const numCtx = chooseContext({
    estimate,
    fixed: deps.numCtx,
    current: conversation.numCtx,
    info,
    tokenRatio: conversation.tokenRatio,
  });
  if (numCtx !== undefined) conversation.numCtx = numCtx;
  for (let attempt = 0; ; attempt += 1) {
    const request: ChatRequest = {
      messages,
      tools: state.tools,
      ...(conversation.numCtx === undefined ? {} : { numCtx: conversation.numCtx }),
    };
    const turn = createTurn();
    try {
      const id = nextId(conversation);
      yield* streamTurn({ turn, model: deps.model, request, id, signal });
      const { promptTokens } = turn.usage;
      conversation.tokenRatio = learnRatio(conversation.tokenRatio, estimate.total, promptTokens);
      return turn;
    } catch (error) {
      const next = deps.numCtx === undefined ? growContext(conversation.numCtx, info) : undefined;
      const canGrow =
        error instanceof OstlerError && error.code === 'model_context' && next !== undefined;
      if (!canGrow || hasBegun(turn) || attempt >= BUCKETS.length) {
        // Its calls may be incomplete: what was said stays, what was wanted does not.
        if (turn.content !== '') record({ ...turn, toolCalls: [] }, input, state);
        throw error;
      }
      conversation.numCtx = next;
      yield {
        type: 'log',
        level: 'info',
        message: `The prompt did not fit; the context window grows to ${next} tokens.`,
      };
    }
  }
}

/** Something of the answer was shown: a second attempt would say it again. */
function hasBegun({ content, thinking }: Turn): boolean {
  return content !== '' || thinking !== '';
}

/** Of the message that comes next. */
export function nextId({ messages, removed = 0 }: Conversation): string {
  return `msg_${messages.length + removed}`;
}

/** Every message of the loop joins the conversation here. */
function append(conversation: Conversation, message: ChatMessage): void {
  conversation.messages.push(message);
  conversation.onMessage?.(message);
}

function record(turn: Turn, { conversation, deps, info }: RunInput, state: State): void {
  const { outcome } = state;
  append(conversation, {
    role: 'assistant',
    content: turn.content,
    ...(turn.thinking === '' ? {} : { thinking: turn.thinking }),
    ...(turn.toolCalls.length === 0 ? {} : { toolCalls: turn.toolCalls }),
  });
  outcome.response = turn.content;
  outcome.usage.input_tokens = turn.usage.promptTokens;
  outcome.usage.output_tokens += turn.usage.outputTokens;
  outcome.usage.context_tokens = deps.numCtx ?? conversation.numCtx ?? info.defaultNumCtx ?? 0;
  const counted = turn.usage.promptTokens + turn.usage.outputTokens;
  if (counted > 0) conversation.counted = counted;
  state.evalMs += turn.usage.evalMs;
}

function keep(
  dispatched: readonly DispatchedCall[],
  { conversation }: RunInput,
  state: State,
): void {
  for (const { message, summary, unattended } of dispatched) {
    append(conversation, message);
    state.outcome.toolCalls.push(summary);
    if (unattended) state.unattended.push(summary);
  }
}

/** Tokens were generated and nothing came: Ollama swallowed a call it could not read (ollama#11381). */
function isSwallowed({ content, cut, usage }: Turn, { tools }: State): boolean {
  return tools.length > 0 && content.trim() === '' && !cut && usage.outputTokens > 0;
}

function resultChars({ conversation, deps, info }: RunInput, calls: number): number {
  const window = deps.numCtx ?? conversation.numCtx ?? info.contextLength;
  const share = window * Math.min(RESULT_SHARE, RESULTS_SHARE / calls) * CHARS_PER_TOKEN;
  return Math.round(Math.min(MAX_RESULT_CHARS, Math.max(MIN_RESULT_CHARS, share)));
}

function stoppedAt({ summary }: DispatchedCall): OstlerError {
  return new OstlerError(
    'interrupted',
    `Stopped at the call of ${summary.server}/${summary.tool}.`,
  );
}

function warning(message: string): AgentEventBody {
  return { type: 'log', level: 'warning', message };
}

function withoutTools(model: string): OstlerError {
  return new OstlerError('model_no_tools', `${model} cannot call tools.`, {
    hint: 'Choose one that can (-m llama3.1, -m qwen3), or leave the tools out with --no-tools.',
  });
}
