import { now } from '../core/clock.js';
import { createDeferred, type Deferred } from '../core/deferred.js';
import { OstlerError } from '../core/errors.js';
import { linkAbort } from '../core/linked-abort.js';
import { delay } from '../core/wait.js';
import type { Model, ModelChunk } from './types.js';

/**
 * The same model in fewer pieces: text that comes within `ms` milliseconds of the last piece comes
 * as one. A person sees no difference, and what is behind it runs some fifteen times a second instead of 200.
 * Calls, ends and failures do not wait.
 */
export function paceModel(model: Model, ms: number): Model {
  return {
    name: model.name,
    describe: (signal) => model.describe(signal),
    async *chat(request, signal) {
      const link = linkAbort(signal);
      try {
        yield* paced(model.chat(request, link.signal), ms);
      } finally {
        link.release();
        // A consumer that stops early closes the request.
        link.abort(new OstlerError('interrupted', 'Nobody listens any more.'));
      }
    },
  };
}

async function* paced(source: AsyncIterable<ModelChunk>, ms: number): AsyncGenerator<ModelChunk> {
  const waiting: ModelChunk[] = [];
  const state: { ended: boolean; failure?: Error; news: Deferred<void> } = {
    ended: false,
    news: createDeferred(),
  };
  const pump = async () => {
    try {
      for await (const chunk of source) {
        join(waiting, chunk);
        state.news.resolve();
      }
    } catch (error) {
      state.failure = error instanceof Error ? error : new Error(String(error));
    }
    state.ended = true;
    state.news.resolve();
  };
  void pump();
  let last = -Infinity;
  while (!state.ended || waiting.length > 0) {
    if (waiting.length === 0) await state.news.promise;
    const early = ms - (now() - last);
    if (!state.ended && early > 0) await delay(early);
    state.news = createDeferred();
    last = now();
    yield* waiting.splice(0);
  }
  if (state.failure !== undefined) throw state.failure;
}

function join(waiting: ModelChunk[], chunk: ModelChunk): void {
  const before = waiting.at(-1);
  if (before !== undefined && 'text' in before && 'text' in chunk && before.type === chunk.type) {
    waiting[waiting.length - 1] = { ...before, text: before.text + chunk.text };
  } else waiting.push(chunk);
}
