/** The NDJSON lines of a turn, key for key as Ollama writes them. */
import { randomBytes } from 'node:crypto';
import { estimateTokens, goJson } from './render.js';
import type { ChatBody, FakeCall, PromptView, Turn } from './types.js';

/** RFC 3339 with more digits than a JavaScript date has. */
export function now(): string {
  return new Date().toISOString().replace('Z', '789Z');
}

interface LineContext {
  body: ChatBody;
  view: PromptView;
  /** Nanoseconds the model took to load. */
  loadNs: number;
  /** Calls carry an id since 0.12.10. */
  ids: boolean;
}

export function turnLines(turn: Turn, context: LineContext): string[] {
  if (turn.lines !== undefined) return [...turn.lines];
  const { body, ids } = context;
  const line = (message: Record<string, unknown>) =>
    goJson({
      model: body.model,
      created_at: now(),
      message: { role: 'assistant', ...message },
      done: false,
    });
  const calls = (turn.calls ?? []).map((call, at) => wireCall(call, at, ids));
  const where = turn.callsIn ?? 'chunk';
  const thinking = pieces(turn.thinking).map((text) => line({ content: '', thinking: text }));
  const text = pieces(turn.text).map((content) => line({ content }));
  const together = calls.length > 0 ? [line({ content: '', tool_calls: calls })] : [];
  const each = calls.map((call) => line({ content: '', tool_calls: [call] }));
  const done = doneLine(turn, context, where === 'done' ? calls : []);
  const lines = [
    ...thinking,
    ...(where === 'first' ? together : []),
    ...text,
    ...(where === 'chunk' ? together : where === 'each' ? each : []),
  ];
  const end = turn.end ?? 'done';
  if (end === 'done') return [...lines, done];
  if (typeof end === 'object') return [...lines, goJson({ error: end.error })];
  return lines;
}

function pieces(text: string | readonly string[] | undefined): readonly string[] {
  return text === undefined ? [] : typeof text === 'string' ? [text] : text;
}

function wireCall(call: FakeCall, index: number, ids: boolean): Record<string, unknown> {
  const id = call.id === undefined && ids ? `call_${randomBytes(4).toString('hex')}` : call.id;
  return {
    ...(id === undefined || id === null ? {} : { id }),
    function: { index, name: call.name, arguments: call.arguments ?? {} },
  };
}

/** The final line: reason and counters, zero values left out. */
function doneLine(turn: Turn, { body, view, loadNs }: LineContext, calls: unknown[]): string {
  const words = [...pieces(turn.thinking), ...pieces(turn.text)];
  const evalCount =
    turn.outputTokens ?? words.length + estimateTokens(JSON.stringify(turn.calls ?? '').slice(2));
  const counters = {
    total_duration: 4_883_583 + loadNs + evalCount * 1_000_000,
    load_duration: loadNs || 1_334_875,
    prompt_eval_count: turn.promptTokens ?? view.evaluated,
    prompt_eval_duration: 342_546_000,
    eval_count: evalCount,
    eval_duration: evalCount * 1_000_000,
  };
  return goJson({
    model: body.model,
    created_at: now(),
    message: { role: 'assistant', content: '', ...(calls.length > 0 ? { tool_calls: calls } : {}) },
    done: true,
    done_reason: turn.doneReason ?? 'stop',
    ...Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0)),
  });
}
