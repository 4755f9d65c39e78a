import { now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import type { AgentEventBody } from '../core/events.js';
import type { JsonObject } from '../core/json.js';
import type { ToolCall } from '../core/messages.js';
import { redact, redactValue } from '../core/redact.js';
import { toModelText } from '../core/terminal-text.js';
import { withSignal } from '../core/wait.js';
import type { RegisteredTool } from '../mcp/types.js';
import { coerceArguments } from './coerce.js';
import { executeCall } from './execute.js';
import { linkAbort } from '../core/linked-abort.js';
import { createQueue } from '../core/queue.js';
import type { Answer, CallContext, DispatchedCall, DispatchInput, Emit, Verdict } from './types.js';
import { validateArguments } from './validate.js';

/** Unread events beyond which a server's progress messages are dropped. */
const MAX_WAITING = 1000;
/** Tool names that an error lists for the model. */
const NAMED_TOOLS = 10;
const NAME_CHARS = 100;
/** Of arguments that a person changed, as told to the model. */
const EDIT_CHARS = 4000;

/**
 * Runs the tool calls of one turn side by side. Events come as they happen; the results are
 * returned in the order of the calls, one tool message each, also for refused and failed ones.
 */
export async function* dispatchCalls(
  calls: readonly ToolCall[],
  input: DispatchInput,
): AsyncGenerator<AgentEventBody, DispatchedCall[]> {
  const events = createQueue<AgentEventBody>();
  const emit: Emit = (event) => {
    if (event.type !== 'tool_progress' || events.size < MAX_WAITING) events.push(event);
  };
  input.repeats.nextTurn();
  // A person's stop at one call ends the others of the turn too.
  const turn = linkAbort(input.signal);
  const linked: DispatchInput = { ...input, signal: turn.signal, stop: turn.abort };
  try {
    const running = Promise.all(calls.map((call) => dispatchCall(call, emit, linked)));
    running.then(events.end, events.end);
    yield* events.items();
    return await running;
  } finally {
    turn.release();
  }
}

async function dispatchCall(
  call: ToolCall,
  emit: Emit,
  input: DispatchInput,
): Promise<DispatchedCall> {
  const started = now();
  const tool = input.tools.resolve(call.name) ?? input.tools.nearest(call.name);
  const answer =
    tool === undefined ? unknownTool(call, input) : await runCall({ call, tool, emit, input });
  const output = redact(toModelText(answer.output));
  const duration = Math.round(now() - started);
  if (answer.announced !== true) emit(toolUse(call, tool, call.arguments));
  emit(toolResult(call, { ...answer, output }, duration));
  const images = answer.images ?? [];
  return {
    message: {
      role: 'tool',
      content: output,
      toolCallId: call.id,
      toolName: call.name,
      ...(images.length === 0 ? {} : { images }),
    },
    summary: {
      id: call.id,
      server: tool?.server ?? '',
      tool: tool?.name ?? call.name,
      arguments: redactValue(answer.args ?? call.arguments),
      status: answer.status,
      duration_ms: duration,
    },
    unattended: answer.unattended === true,
    stop: answer.stop === true,
  };
}

/** Repair, validate, announce, ask, call. */
async function runCall(context: CallContext): Promise<Answer> {
  const { call, tool, emit } = context;
  const args = coerceArguments(call.arguments, tool.inputSchema);
  const problems = await validateArguments(args, tool.inputSchema);
  if (problems.length > 0) {
    const output = `Error: the arguments do not fit the tool's schema: ${problems.join('; ')}. Correct them and call the tool again.`;
    return { status: 'error', output, args };
  }
  emit(toolUse(call, tool, args));
  return { args, ...(await callAnnounced(context, args)), announced: true };
}

/** What was announced always gets its answer, however it ends; only bugs throw. */
async function callAnnounced(context: CallContext, args: JsonObject): Promise<Answer> {
  const { call, tool, emit, input } = context;
  const { deps, repeats, signal } = input;
  try {
    if (signal.aborted) throw abortError(signal);
    if (repeats.check(tool, args) === 'refuse') return REPEATED;
    const verdict = await withSignal(deps.approve({ id: call.id, tool, args }, signal), signal);
    emit(approval(call, verdict));
    if (verdict.stop === true) input.stop?.(new OstlerError('interrupted', 'Stopped.'));
    if (verdict.decision === 'deny') return denied(verdict);
    const answer = await executeCall(context, verdict.args ?? args);
    repeats.record(tool, args, answer.output);
    return verdict.args === undefined ? answer : withEdit(answer, verdict.args);
  } catch (error) {
    if (signal.aborted) return { status: 'cancelled', output: abortError(signal).message };
    if (!(error instanceof OstlerError)) throw error;
    return { status: 'error', output: `Error: ${error.message}` };
  }
}

const REPEATED: Answer = {
  status: 'error',
  output:
    'Error: you have called this tool with exactly these arguments before; its results are above. Use them and answer, or call it differently.',
};

function denied({ source, reason, unattended, stop }: Verdict): Answer {
  const why = reason === undefined ? '' : `: ${reason}`;
  const output =
    source === 'user' && reason !== undefined
      ? `The user did not allow this call and says: ${reason}`
      : `The call was not allowed${why}. Go on without it.`;
  return { status: 'denied', output, unattended: unattended === true, stop: stop === true };
}

/** The model wrote other arguments; without a word it would take the result for theirs. */
function withEdit(answer: Answer, args: JsonObject): Answer {
  const text = JSON.stringify(args).slice(0, EDIT_CHARS);
  const output = `(The user changed the arguments of this call to ${text}.)\n${answer.output}`;
  return { ...answer, args, output };
}

function unknownTool(call: ToolCall, { tools: { tools } }: DispatchInput): Answer {
  const names = tools.slice(0, NAMED_TOOLS).map((tool) => tool.alias);
  const more = tools.length > names.length ? ', …' : '';
  const known =
    names.length === 0 ? 'There are no tools.' : `The tools are: ${names.join(', ')}${more}.`;
  const name = call.name.slice(0, NAME_CHARS);
  return { status: 'error', output: `Error: unknown tool "${name}". ${known}` };
}

function toolUse(
  call: ToolCall,
  tool: RegisteredTool | undefined,
  args: JsonObject,
): AgentEventBody {
  return {
    type: 'tool_use',
    tool_id: call.id,
    server: tool?.server ?? '',
    tool_name: tool?.name ?? call.name,
    parameters: redactValue(args),
  };
}

function approval({ id }: ToolCall, verdict: Verdict): AgentEventBody {
  const { decision, source, reason, args } = verdict;
  return {
    type: 'approval',
    tool_id: id,
    decision,
    source,
    ...(reason === undefined ? {} : { reason: redact(reason) }),
    ...(args === undefined ? {} : { parameters: redactValue(args) }),
  };
}

function toolResult({ id }: ToolCall, answer: Answer, duration: number): AgentEventBody {
  const { status, output, structured, resultImages = [] } = answer;
  return {
    type: 'tool_result',
    tool_id: id,
    status,
    output,
    ...(structured === undefined ? {} : { structured: redactValue(structured) }),
    ...(resultImages.length === 0 ? {} : { images: redactValue(resultImages) }),
    duration_ms: duration,
  };
}
