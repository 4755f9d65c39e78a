/** The scripted model: a model's part read from a file, for the demo and for tests. No model runs. */
import { now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { ChatMessage, ToolCall } from '../core/messages.js';
import { delay } from '../core/wait.js';
import type { Script, ScriptTurn } from './script-types.js';
import type { ChatRequest, Model, ModelChunk } from './types.js';

export const SCRIPT_PREFIX = 'script:';

/** `describe()` says what it is: the name always begins with `script:`. */
export function createScriptedModel(name: string, script: Script): Model {
  const honest = name.startsWith(SCRIPT_PREFIX) ? name : `${SCRIPT_PREFIX}${name}`;
  let calls = 0;
  const newId = () => {
    calls += 1;
    return `script_${calls}`;
  };
  return {
    name: honest,
    describe(signal) {
      if (signal.aborted) return Promise.reject(abortError(signal));
      return Promise.resolve({
        name: honest,
        tools: true,
        vision: false,
        thinking: true,
        contextLength: script.context ?? 0,
        hidesToolsAfterResult: false,
      });
    },
    chat: (request, signal) => play(script, request, { signal, newId }),
  };
}

async function* play(
  script: Script,
  request: ChatRequest,
  { signal, newId }: { signal: AbortSignal; newId: () => string },
): AsyncGenerator<ModelChunk, void> {
  if (signal.aborted) throw abortError(signal);
  const started = now();
  const turn = turnFor(script, request.messages);
  const pause = turn.delay ?? script.delay ?? 0;
  let words = 0;
  if (turn.wait !== undefined) await delay(turn.wait, signal);
  for (const type of ['thinking', 'text'] as const) {
    const source = type === 'thinking' ? turn.think : turn.say;
    for (const text of toWords(fill(source ?? '', request.messages))) {
      if (signal.aborted) throw abortError(signal);
      if (pause > 0) await delay(pause, signal);
      words += 1;
      yield { type, text };
    }
  }
  if (turn.fail !== undefined) throw new OstlerError(turn.fail.code, turn.fail.message);
  for (const { tool, arguments: args } of turn.call ?? []) {
    yield { type: 'tool_call', call: toCall(tool, args, request, newId()) };
  }
  yield {
    type: 'done',
    reason: turn.stop ?? 'stop',
    usage: {
      promptTokens: estimateTokens(request.messages),
      outputTokens: words,
      evalMs: Math.round(now() - started),
      loadMs: 0,
    },
  };
}

const toWords = (text: string) => (text === '' ? [] : text.split(/(?<= )/));

/** Four characters a token. */
function estimateTokens(messages: readonly ChatMessage[]): number {
  return Math.ceil(messages.reduce((sum, message) => sum + message.content.length, 0) / 4);
}

const NOTHING: ScriptTurn = { say: '(The script has nothing to say here.)' };

const isNamed = ([first]: readonly ScriptTurn[]) => first?.when !== undefined;

/**
 * Without any `when`, turns are taken in order, one a request. With it, the first exchange whose
 * text the prompt contains, else the one without; its turns in order, anew with every prompt.
 */
function turnFor(script: Script, messages: readonly ChatMessage[]): ScriptTurn {
  const fallback = script.fallback ?? NOTHING;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const answered = (from: number) =>
    messages.slice(from).filter((m) => m.role === 'assistant').length;
  if (script.turns.every(({ when }) => when === undefined)) {
    return script.turns[answered(0)] ?? fallback;
  }
  const prompt = messages[asked]?.content.toLowerCase() ?? '';
  const exchanges = toExchanges(script.turns);
  const exchange =
    exchanges
      .filter(isNamed)
      .find(([first]) => prompt.includes(first?.when?.toLowerCase() ?? '')) ??
    exchanges.find((turns) => !isNamed(turns));
  return exchange?.[answered(asked + 1)] ?? fallback;
}

/** Each begins with a turn that has a `when`; turns before the first one make an exchange for any prompt. */
function toExchanges(turns: readonly ScriptTurn[]): ScriptTurn[][] {
  const exchanges: ScriptTurn[][] = [];
  for (const turn of turns) {
    const current = exchanges.at(-1);
    if (current === undefined || turn.when !== undefined) exchanges.push([turn]);
    else current.push(turn);
  }
  return exchanges;
}

/** The offered tool of that alias, or the one whose alias ends in the name; else as written. */
function toCall(tool: string, args: JsonObject, request: ChatRequest, id: string): ToolCall {
  const offered =
    request.tools.find(({ name }) => name === tool) ??
    request.tools.find(({ name }) => name.endsWith(`__${tool}`));
  const filled = fillDeep(args, request.messages) as JsonObject;
  return { id, name: offered?.name ?? tool, arguments: filled };
}

function fillDeep(value: JsonValue, messages: readonly ChatMessage[]): JsonValue {
  if (typeof value === 'string') return fill(value, messages);
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, messages));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillDeep(item, messages)]),
  );
}

/** Templates: `{{prompt}}` and `{{result.NAME}}`, the latest result of that tool. */
function fill(text: string, messages: readonly ChatMessage[]): string {
  return text.replace(
    /\{\{\s*(prompt|result\.([\w.-]+))\s*\}\}/g,
    (_, what: string, tool?: string) => {
      if (what === 'prompt') return messages.findLast(({ role }) => role === 'user')?.content ?? '';
      const result = messages.findLast(
        (message) =>
          message.role === 'tool' &&
          (message.toolName === tool || message.toolName.endsWith(`__${tool}`)),
      );
      return result?.content ?? `(no result of ${tool})`;
    },
  );
}
