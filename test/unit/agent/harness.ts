import { run } from '../../../src/agent/run.js';
import type { AgentDeps, Conversation, RunOutcome } from '../../../src/agent/types.js';
import type { AgentEventBody } from '../../../src/core/events.js';
import type { JsonObject, JsonSchema } from '../../../src/core/json.js';
import type { ChatMessage } from '../../../src/core/messages.js';
import { createToolRegistry } from '../../../src/mcp/registry.js';
import type { CallOptions, RegisteredTool, ToolResult } from '../../../src/mcp/types.js';
import type { ChatRequest, Model, ModelChunk, ModelInfo } from '../../../src/model/types.js';

/** One answer of the model: pieces, or a failure after some pieces, or whatever a function makes of the request. */
export type Reply =
  | readonly (Piece | Error)[]
  | ((request: ChatRequest, signal: AbortSignal) => AsyncIterable<ModelChunk>);
/** A string is a piece of text; an object with a name is a call. */
type Piece = string | ModelChunk | { name: string; args?: JsonObject; id?: string };

export const INFO: ModelInfo = {
  name: 'test-model',
  tools: true,
  vision: false,
  thinking: true,
  contextLength: 131_072,
  hidesToolsAfterResult: false,
};

export const think = (text: string): ModelChunk => ({ type: 'thinking', text });

export function done(
  promptTokens = 0,
  outputTokens = 0,
  reason: 'stop' | 'length' = 'stop',
): ModelChunk {
  return { type: 'done', reason, usage: { promptTokens, outputTokens, evalMs: 10, loadMs: 0 } };
}

export interface PlayedModel extends Model {
  /** The requests as they were at the time, in order. */
  requests: ChatRequest[];
}

/** A model that plays the replies one after the other; one more request than replies is a failure of the test. */
export function play(...replies: Reply[]): PlayedModel {
  const requests: ChatRequest[] = [];
  let calls = 0;
  return {
    name: 'test-model',
    requests,
    describe: () => Promise.resolve(INFO),
    async *chat(request, signal) {
      requests.push({ ...request, messages: [...request.messages] });
      const reply = replies[requests.length - 1];
      if (reply === undefined) throw new Error('the model was asked too often');
      if (typeof reply === 'function') return yield* reply(request, signal);
      let finished = false;
      for (const piece of reply) {
        if (piece instanceof Error) throw piece;
        calls += 1;
        const chunk = toChunk(piece, `call_${calls}`);
        finished ||= chunk.type === 'done';
        yield chunk;
      }
      if (!finished) yield done(0, 5);
      return undefined;
    },
  };
}

function toChunk(piece: Piece, id: string): ModelChunk {
  if (typeof piece === 'string') return { type: 'text', text: piece };
  if ('type' in piece) return piece;
  const { name, args = {} } = piece;
  return { type: 'tool_call', call: { id: piece.id ?? id, name, arguments: args } };
}

export interface TestTool {
  /** `server/name`. */
  name: string;
  schema?: JsonSchema;
  outputSchema?: JsonSchema;
  call?: (args: JsonObject, options: CallOptions) => Promise<ToolResult> | ToolResult;
}

export const text = (value: string, isError = false): ToolResult => ({
  isError,
  content: [{ type: 'text', text: value }],
});

export interface Setup extends Partial<Omit<AgentDeps, 'tools' | 'model'>> {
  model: Model;
  tools?: readonly TestTool[];
  info?: Partial<ModelInfo>;
  history?: ChatMessage[];
  prompt?: string;
  signal?: AbortSignal;
  conversation?: Conversation;
}

export interface Ran {
  events: AgentEventBody[];
  outcome: RunOutcome;
  conversation: Conversation;
  /** What reached the tools: `server/name` and the arguments. */
  called: [string, JsonObject][];
}

/** Runs one prompt to its end. */
export async function runPrompt(setup: Setup): Promise<Ran> {
  const { conversation, called, steps } = startPrompt(setup);
  const events: AgentEventBody[] = [];
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return { events, outcome: step.value, conversation, called };
    events.push(step.value);
  }
}

export function startPrompt({ model, tools = [], info, history = [], prompt, ...rest }: Setup) {
  const { signal = new AbortController().signal, ...deps } = rest;
  const called: Ran['called'] = [];
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const conversation: Conversation = deps.conversation ?? {
    messages: [...history, { role: 'user', content: prompt ?? 'Do it.' }],
    tokenRatio: 1,
  };
  const call = async (tool: RegisteredTool, args: JsonObject, options: CallOptions) => {
    const name = `${tool.server}/${tool.name}`;
    called.push([name, args]);
    return (await byName.get(name)?.call?.(args, options)) ?? text(`result of ${tool.name}`);
  };
  const registry = registryOf(tools);
  const steps = run({
    deps: {
      model,
      tools: () => registry,
      call,
      approve: () => Promise.resolve({ decision: 'allow', source: 'policy' }),
      maxTurns: 20,
      ...deps,
    },
    conversation,
    info: { ...INFO, ...info },
    signal,
  });
  return { conversation, called, steps };
}

export function registryOf(tools: readonly TestTool[]) {
  const servers = new Map<string, TestTool[]>();
  for (const tool of tools) {
    const [server = ''] = tool.name.split('/');
    servers.set(server, [...(servers.get(server) ?? []), tool]);
  }
  return createToolRegistry(
    [...servers].map(([server, own]) => ({
      server,
      tools: own.map(({ name, schema, outputSchema }) => ({
        name: name.slice(server.length + 1),
        description: `does ${name}`,
        inputSchema: schema ?? { type: 'object' },
        ...(outputSchema === undefined ? {} : { outputSchema }),
      })),
    })),
  );
}

/** The events of one type. */
export function ofType<T extends AgentEventBody['type']>(
  events: readonly AgentEventBody[],
  type: T,
): Extract<AgentEventBody, { type: T }>[] {
  return events.filter((event): event is Extract<AgentEventBody, { type: T }> => {
    return event.type === type;
  });
}

/** What a person sees of the assistant: the deltas put together, by message id. */
export function shownText(events: readonly AgentEventBody[]): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const { id, content, delta } of ofType(events, 'message')) {
    if (delta) shown[id] = (shown[id] ?? '') + content;
  }
  return shown;
}

/** Resolves for everyone when `size` callers wait. */
export function createBarrier(size: number): () => Promise<void> {
  let waiting = 0;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    waiting += 1;
    if (waiting === size) open();
    return opened;
  };
}
