import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { paceModel } from '../../../src/model/paced.js';
import type { ChatRequest, Model, ModelChunk } from '../../../src/model/types.js';

const REQUEST: ChatRequest = { messages: [], tools: [] };
const USAGE = { promptTokens: 1, outputTokens: 2, evalMs: 3, loadMs: 4 };
const DONE: ModelChunk = { type: 'done', reason: 'stop', usage: USAGE };
const CALL: ModelChunk = { type: 'tool_call', call: { id: 'c', name: 'n', arguments: {} } };
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

function model(chat: Model['chat']): Model {
  return { name: 'm', describe: () => Promise.reject(new Error('not asked')), chat };
}

async function collect(source: AsyncIterable<ModelChunk>): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks;
}

/** What is written, with its neighbours joined. */
function joined(chunks: readonly ModelChunk[]): string[] {
  const texts: string[] = [];
  let kind = '';
  for (const chunk of chunks) {
    const text = 'text' in chunk ? chunk.text : chunk.type;
    if (chunk.type === kind) texts.push(`${texts.pop() ?? ''}${text}`);
    else texts.push(text);
    kind = chunk.type;
  }
  return texts;
}

describe('a paced model', () => {
  it('says the same in fewer pieces, in order', async () => {
    const source: ModelChunk[] = [
      ...Array.from('think', (text): ModelChunk => ({ type: 'thinking', text })),
      ...Array.from('answer '.repeat(20), (text): ModelChunk => ({ type: 'text', text })),
      CALL,
      DONE,
    ];
    const inner = model(async function* () {
      for (const chunk of source) {
        yield chunk;
        if (chunk.type === 'text') await turn();
      }
    });
    const chunks = await collect(paceModel(inner, 40).chat(REQUEST, new AbortController().signal));
    expect(joined(chunks)).toEqual(joined(source));
    expect(chunks.length).toBeLessThan(source.length / 4);
    expect(chunks.at(-1)).toEqual(DONE);
  });

  it('hands on what came before a failure, and then the failure', async () => {
    const inner = model(async function* () {
      yield { type: 'text', text: 'half' };
      throw new OstlerError('model_broke_off', 'gone');
    });
    const seen: ModelChunk[] = [];
    const read = async () => {
      const source = paceModel(inner, 40).chat(REQUEST, new AbortController().signal);
      for await (const chunk of source) seen.push(chunk);
    };
    await expect(read()).rejects.toMatchObject({ code: 'model_broke_off' });
    expect(seen).toEqual([{ type: 'text', text: 'half' }]);
  });

  it.each(['signal', 'consumer'])('closes the request when the %s ends it', async (who) => {
    const controller = new AbortController();
    let closed: (() => void) | undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const inner = model(async function* (_, signal) {
      signal.addEventListener('abort', () => closed?.());
      yield { type: 'text', text: 'one' };
      await isClosed;
      throw new OstlerError('interrupted', 'stopped');
    });
    const read = async () => {
      for await (const chunk of paceModel(inner, 40).chat(REQUEST, controller.signal)) {
        expect(chunk).toEqual({ type: 'text', text: 'one' });
        if (who === 'consumer') return;
        controller.abort(new OstlerError('interrupted', 'stopped'));
      }
    };
    await (who === 'consumer' ? read() : expect(read()).rejects.toThrow('stopped'));
    await isClosed;
  });
});
