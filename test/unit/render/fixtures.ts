import { Writable } from 'node:stream';
import type {
  AgentEvent,
  AgentEventBody,
  ResultEvent,
  ServerStatus,
} from '../../../src/core/events.js';
import { createSink, type Sink } from '../../../src/render/sink.js';
import type { Renderer, RenderOptions } from '../../../src/render/types.js';

/** An output in memory; `hold` makes the reader slow until `release` is called. */
export class Screen extends Writable {
  readonly isTTY: boolean;
  text = '';
  /** The pieces as they were written. */
  readonly pieces: string[] = [];
  #waiting: (() => void) | undefined;
  #held: boolean;

  constructor({ isTTY = false, hold = false, highWaterMark = 16_384 } = {}) {
    super({ decodeStrings: false, highWaterMark });
    this.isTTY = isTTY;
    this.#held = hold;
  }

  override _write(chunk: string, _: BufferEncoding, done: () => void): void {
    this.text += chunk;
    this.pieces.push(chunk);
    if (this.#held) this.#waiting = done;
    else done();
  }

  /** Takes what waits, and from now on everything at once. */
  release(): void {
    this.#held = false;
    this.#waiting?.();
  }
}

export interface Rendered {
  stdout: string;
  stderr: string;
  result: ResultEvent;
}

export interface Where {
  /** Which streams are terminals. */
  terminal?: 'none' | 'both' | 'stderr';
  level?: RenderOptions['level'];
  color?: boolean;
}

export async function render(
  renderer: Renderer,
  events: readonly AgentEventBody[],
  { terminal = 'none', level = 'normal', color = false }: Where = {},
): Promise<Rendered> {
  const stdout = new Screen({ isTTY: terminal === 'both' });
  const stderr = new Screen({ isTTY: terminal !== 'none' });
  const options = { stdout: createSink(stdout), stderr: createSink(stderr), level, color };
  const result = await renderer(streamOf(events), options);
  return { stdout: stdout.text, stderr: stderr.text, result };
}

export function optionsFor(stdout: Sink): RenderOptions {
  return { stdout, stderr: createSink(new Screen()), level: 'normal', color: false };
}

export const at = (body: AgentEventBody): AgentEvent => {
  const timestamp = '2026-11-23T12:00:00.000Z';
  return { ...body, timestamp };
};

export async function* streamOf(events: readonly AgentEventBody[]): AsyncGenerator<AgentEvent> {
  for (const event of events) yield at(event);
}

export const says = (content: string, delta: boolean, id = 'msg_1'): AgentEventBody => ({
  type: 'message',
  id,
  role: 'assistant',
  content,
  delta,
});

export const init = (servers: ServerStatus[] = []): AgentEventBody => ({
  type: 'init',
  session_id: 's1',
  model: 'llama3.1',
  version: '1',
  servers,
});

export function result(response: string, more: Partial<ResultEvent> = {}): AgentEventBody {
  return {
    type: 'result',
    status: 'success',
    response,
    session_id: 's1',
    model: 'llama3.1',
    turns: 2,
    tool_calls: [],
    usage: {
      input_tokens: 1,
      output_tokens: 2,
      total_duration_ms: 3,
      eval_rate: 4,
      context_tokens: 5,
    },
    error: null,
    warnings: [],
    ...more,
  };
}

/** A run with a text and a call in the first turn, thinking and the answer in the second. */
export const RUN: AgentEventBody[] = [
  init([
    {
      name: 'math',
      status: 'connected',
      tools: 2,
      transport: 'sse',
      protocol_version: '2024-11-05',
      connect_ms: 5,
    },
  ]),
  { type: 'message', id: 'msg_0', role: 'user', content: 'Add 2 and 3', delta: false },
  says('I will', true),
  says(' add.', true),
  says('I will add.', false),
  {
    type: 'tool_use',
    tool_id: 't1',
    server: 'math',
    tool_name: 'add',
    parameters: { a: 2, b: '3' },
  },
  { type: 'approval', tool_id: 't1', decision: 'allow', source: 'policy' },
  { type: 'tool_progress', tool_id: 't1', progress: 1 },
  { type: 'tool_result', tool_id: 't1', status: 'success', output: '5', duration_ms: 12 },
  { type: 'thinking', id: 'msg_3', content: 'Hm', delta: true },
  says('It is', true, 'msg_3'),
  { type: 'thinking', id: 'msg_3', content: '…', delta: true },
  { type: 'log', level: 'debug', message: 'a detail' },
  says(' 5.', true, 'msg_3'),
  { type: 'thinking', id: 'msg_3', content: 'Hm…', delta: false },
  says('It is 5.', false, 'msg_3'),
  result('It is 5.'),
];
