import { abortError, OstlerError, toErrorInfo } from '../core/errors.js';
import type { ToolStatus } from '../core/events.js';
import type { JsonObject } from '../core/json.js';
import type { ToolCall } from '../core/messages.js';
import { redact, redactValue } from '../core/redact.js';
import { toModelResult } from '../mcp/result.js';
import type { RegisteredTool, ToolResult } from '../mcp/types.js';
import type { ModelInfo } from '../model/types.js';
import { coerceArguments } from './coerce.js';
import { createQueue } from './queue.js';
import type { RepeatGuard } from './repeats.js';
import type { AgentDeps, DispatchedCall, Emit } from './types.js';
import { validateArguments } from './validate.js';

export interface DispatchInput {
  deps: AgentDeps;
  info: ModelInfo;
  repeats: RepeatGuard;
  signal: AbortSignal;
  /** Characters a tool result may put into the context. */
  maxResultChars: number;
}

/**
 * Runs the tool calls of one turn side by side. Events come as they happen; the results are
 * returned in the order of the calls, one tool message each, also for refused and failed ones.
 */
export async function* dispatchCalls(calls: readonly ToolCall[], input: DispatchInput) {
  const events = createQueue<Parameters<Emit>[0]>();
  const running = Promise.all(calls.map((call) => dispatchCall(call, events.push, input)));
  running.then(events.end, events.end);
  yield* events.items();
  return await running;
}

async function dispatchCall(
  call: ToolCall,
  emit: Emit,
  input: DispatchInput,
): Promise<DispatchedCall> {
  const started = performance.now();
  const tool = input.deps.tools.resolve(call.name) ?? input.deps.tools.nearest(call.name);
  const answer = await (tool === undefined
    ? Promise.resolve(unknownTool(call, input))
    : runCall({ call, tool, emit, input }));
  const duration = Math.round(performance.now() - started);
  const output = redact(answer.output);
  if (answer.announced !== true) emit(toolUse(call, tool, call.arguments));
  emit({
    type: 'tool_result',
    tool_id: call.id,
    status: answer.status,
    output,
    ...(answer.result?.structured === undefined
      ? {}
      : { structured: redactValue(answer.result.structured) }),
    duration_ms: duration,
  });
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
  };
}

interface Answer {
  status: ToolStatus;
  output: string;
  args?: JsonObject;
  result?: ToolResult;
  images?: DispatchedCall['message']['images'];
  unattended?: boolean;
  /** The `tool_use` event is already out. */
  announced?: boolean;
}

interface CallContext {
  call: ToolCall;
  tool: RegisteredTool;
  emit: Emit;
  input: DispatchInput;
}

/** Repair, validate, ask, call. */
async function runCall({ call, tool, emit, input }: CallContext): Promise<Answer> {
  const { deps, signal, repeats } = input;
  const args = coerceArguments(call.arguments, tool.inputSchema) as JsonObject;
  const problems = await validateArguments(args, tool.inputSchema);
  if (problems.length > 0) {
    const output = `Error: the arguments do not fit the tool's schema: ${problems.join('; ')}. Correct them and call the tool again.`;
    return { status: 'error', output, args };
  }
  emit(toolUse(call, tool, args));
  const repeat = repeats.check(tool, args);
  if (repeat === 'refuse') {
    const output =
      'Error: you have called this tool with exactly these arguments before; its results are above. Use them and answer, or call it differently.';
    return { status: 'error', output, args, announced: true };
  }
  const verdict = await deps.approve({ id: call.id, tool, args }, signal);
  emit({
    type: 'approval',
    tool_id: call.id,
    decision: verdict.decision,
    source: verdict.source,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
  });
  if (verdict.decision === 'deny') {
    const output = `The call was not allowed${verdict.reason === undefined ? '' : `: ${verdict.reason}`}. Go on without it.`;
    return {
      status: 'denied',
      output,
      args,
      announced: true,
      unattended: verdict.unattended === true,
    };
  }
  return { ...(await execute({ call, tool, emit, input }, args)), args, announced: true };
}

async function execute(
  { call, tool, emit, input }: CallContext,
  args: JsonObject,
): Promise<Answer> {
  const { deps, info, signal, maxResultChars } = input;
  try {
    const result = await deps.call(tool, args, {
      signal,
      onProgress: (progress) =>
        emit({
          type: 'tool_progress',
          tool_id: call.id,
          progress: progress.progress,
          ...(progress.total === undefined ? {} : { total: progress.total }),
          ...(progress.message === undefined ? {} : { message: redact(progress.message) }),
        }),
    });
    const { text, images } = toModelResult(result, {
      maxChars: maxResultChars,
      vision: info.vision,
    });
    return { status: result.isError ? 'error' : 'success', output: text, result, images };
  } catch (error) {
    if (signal.aborted) return { status: 'cancelled', output: abortError(signal).message };
    if (!(error instanceof OstlerError)) throw error;
    return { status: 'error', output: `Error: ${toErrorInfo(error).message}` };
  }
}

function unknownTool(call: ToolCall, { deps }: DispatchInput): Answer {
  const names = deps.tools.tools.slice(0, 10).map((tool) => tool.alias);
  const more = deps.tools.tools.length > names.length ? ', …' : '';
  const known =
    names.length === 0 ? 'There are no tools.' : `The tools are: ${names.join(', ')}${more}.`;
  return { status: 'error', output: `Error: unknown tool "${call.name}". ${known}` };
}

function toolUse(call: ToolCall, tool: RegisteredTool | undefined, args: JsonObject) {
  return {
    type: 'tool_use' as const,
    tool_id: call.id,
    server: tool?.server ?? '',
    tool_name: tool?.name ?? call.name,
    parameters: redactValue(args),
  };
}
