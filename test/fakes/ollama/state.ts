import { ruleBrain } from './brain.js';
import { DEFAULT_MODELS } from './models.js';
import type {
  ChatBody,
  FakeModel,
  FakeOllamaOptions,
  PromptView,
  RecordedRequest,
  Turn,
  TurnSource,
} from './types.js';

/** What the fake knows between requests. */
export interface FakeState {
  options: FakeOllamaOptions;
  models: FakeModel[];
  engine: 'go' | 'llama-server';
  requests: RecordedRequest[];
  chats: ChatBody[];
  lastPrompt: string;
  loads: number;
  loaded: { name: string; numCtx: number } | undefined;
  turns: TurnSource[];
  brain: (body: ChatBody, view: PromptView) => Turn;
  /** True when the version played is that one or a later. */
  since: (version: string) => boolean;
  contextFor: (model: FakeModel, asked: unknown) => number;
  /** Milliseconds the model takes to load; 0 when it is loaded with that context. */
  load: (model: FakeModel, numCtx: number) => number;
  nextTurn: (body: ChatBody) => Turn | undefined;
  /** Waits for the one runner; undefined when the queue is full. Call the result to leave. */
  enter: () => Promise<(() => void) | undefined>;
}

export function createState(options: FakeOllamaOptions): FakeState {
  let tail: Promise<void> = Promise.resolve();
  let pending = 0;
  const state: FakeState = {
    options,
    models: [...(options.models ?? DEFAULT_MODELS)],
    engine: options.engine ?? 'llama-server',
    requests: [],
    chats: [],
    lastPrompt: '',
    loads: 0,
    loaded: undefined,
    turns: [],
    brain: options.brain ?? ruleBrain,
    since: (version) => compare(options.version ?? '0.34.1', version) >= 0,
    contextFor(model, asked) {
      const wanted =
        typeof asked === 'number' ? asked : (model.numCtx ?? options.contextLength ?? 4096);
      return Math.min(wanted, model.trainContext);
    },
    load(model, numCtx) {
      if (state.loaded?.name === model.name && state.loaded.numCtx === numCtx) return 0;
      state.loaded = { name: model.name, numCtx };
      state.loads += 1;
      return options.loadMs ?? 0;
    },
    nextTurn(body) {
      const next = state.turns.shift();
      return typeof next === 'function' ? next(body) : next;
    },
    enter() {
      if (pending >= (options.maxQueue ?? 512)) return Promise.resolve(undefined);
      pending += 1;
      const before = tail;
      return new Promise((resolve) => {
        tail = new Promise((free) => {
          const leave = () => {
            pending -= 1;
            free();
          };
          void before.then(() => resolve(leave));
        });
      });
    },
  };
  return state;
}

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
