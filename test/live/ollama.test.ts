import { describe, expect, it } from 'vitest';
import { resolveOllamaHost } from '../../src/config/ollama-host.js';
import { DEMO_PROMPT } from '../../src/model/demo-script.js';
import { createModel } from '../../src/model/index.js';
import { listModels } from '../../src/model/ollama-catalog.js';
import type { ModelChunk } from '../../src/model/types.js';
import { modelSettings } from '../fakes/ollama/settings.js';

const settings = modelSettings(resolveOllamaHost(process.env['OLLAMA_HOST'] ?? ''), {
  name: process.env['OSTLER_LIVE_MODEL'] ?? 'llama3.1',
  numCtx: 4096,
  options: { temperature: 0, seed: 1 },
});
const never = new AbortController().signal;
const model = createModel(settings);

const numberTool = {
  name: 'math__add_numbers',
  description: 'Adds two numbers',
  parameters: {
    type: 'object',
    properties: { number1: { $ref: '#/$defs/N' }, number2: { $ref: '#/$defs/N' } },
    required: ['number1', 'number2'],
    $defs: { N: { type: 'number' } },
  },
};

async function collect(content: string, tools: (typeof numberTool)[], signal = never) {
  const chunks: ModelChunk[] = [];
  const request = { messages: [{ role: 'user' as const, content }], tools };
  for await (const chunk of model.chat(request, signal)) chunks.push(chunk);
  return chunks;
}

describe('a real Ollama', () => {
  it('lists and describes the model', async () => {
    expect((await listModels(settings, never)).length).toBeGreaterThan(0);
    const info = await model.describe(never);
    expect(info.tools).toBe(true);
    expect(info.contextLength).toBeGreaterThan(0);
  });

  it('answers in words', async () => {
    const chunks = await collect('Say the word "blue" and nothing else.', []);
    const text = chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
    expect(text.toLowerCase()).toContain('blue');
    expect(chunks.at(-1)).toMatchObject({ type: 'done' });
  });

  it('calls a tool with the arguments of the demo prompt', async () => {
    const chunks = await collect(DEMO_PROMPT, [numberTool]);
    const call = chunks.find((chunk) => chunk.type === 'tool_call');
    expect(call?.call.name).toBe('math__add_numbers');
    expect(Object.values(call?.call.arguments ?? {}).map(Number)).toEqual([2, 3]);
  });

  it('refuses a prompt that is too long, and says so', async () => {
    await expect(collect('word '.repeat(20_000), [])).rejects.toMatchObject({
      code: 'model_context',
    });
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    const work = (async () => {
      const messages = [{ role: 'user' as const, content: 'Count to a thousand in words.' }];
      for await (const chunk of model.chat({ messages, tools: [] }, controller.signal)) {
        expect(chunk.type).not.toBe('done');
        controller.abort();
      }
    })();
    await expect(work).rejects.toMatchObject({ code: 'interrupted' });
  });
});
