import { afterEach, describe, expect, it } from 'vitest';
import { createOllamaModel } from '../../src/model/ollama.js';
import { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from '../fakes/ollama/index.js';
import { DEFAULT_MODELS } from '../fakes/ollama/models.js';
import { modelSettings } from '../fakes/ollama/settings.js';

const never = new AbortController().signal;
let fake: FakeOllama;

async function describeModel(name: string, options: FakeOllamaOptions = {}) {
  fake = await startFakeOllama(options);
  return createOllamaModel(modelSettings(fake.url, { name })).describe(never);
}

afterEach(() => fake.close());

describe('what a model can do', () => {
  it('reads capabilities, context and template', async () => {
    expect(await describeModel('llama3.1')).toEqual({
      name: 'llama3.1',
      tools: true,
      vision: false,
      thinking: false,
      contextLength: 131_072,
      hidesToolsAfterResult: true,
    });
  });

  it("reads a model's own num_ctx", async () => {
    expect(await describeModel('gemma3')).toMatchObject({
      tools: false,
      vision: true,
      defaultNumCtx: 8192,
      hidesToolsAfterResult: false,
    });
  });

  it.each([
    ['llama3.1', true],
    ['gemma3', false],
  ])('judges %s by its template when the server is too old to tell', async (name, tools) => {
    expect(await describeModel(name, { version: '0.6.3' })).toMatchObject({ tools });
  });

  it.each([
    ['{{- if and $.Tools $last }}', true],
    ['{{ if and (eq (len (slice $.Messages $index)) 1) $.Tools }}', true],
    ['{{ if and $last .Tools }}', true],
    ['{{ if .Tools }}{{ $last }}', false],
    ['{{ if and .System .Tools }}', false],
    ['and $.Tools $last', false],
  ])('finds the condition in %s: %s', async (template, hides) => {
    const [llama] = DEFAULT_MODELS;
    if (llama === undefined) throw new Error('the fake has no model');
    const info = await describeModel('llama3.1', {
      models: [{ ...llama, template: `{{ if .Messages }}${template}` }],
    });
    expect(info.hidesToolsAfterResult).toBe(hides && template.startsWith('{'));
  });

  it('asks once, and again only after a failure', async () => {
    let broken = true;
    fake = await startFakeOllama({
      intercept: () => (broken ? { status: 500, body: { error: 'not now' } } : undefined),
    });
    const model = createOllamaModel(modelSettings(fake.url));
    await expect(model.describe(never)).rejects.toMatchObject({ code: 'model_failed' });
    broken = false;
    const [first, second] = await Promise.all([model.describe(never), model.describe(never)]);
    expect(await model.describe(never)).toBe(first);
    expect(second).toBe(first);
    expect(fake.requests).toHaveLength(2);
  });

  it.each([
    ['a list', '[]'],
    ['text', '"x"'],
    ['no JSON', 'Ollama is running'],
    ['a page', '<!doctype html>'],
  ])('tells that %s is no answer of Ollama', async (_, body) => {
    fake = await startFakeOllama({ intercept: () => ({ status: 200, body }) });
    const model = createOllamaModel(modelSettings(fake.url));
    await expect(model.describe(never)).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringContaining('is no Ollama') as string,
    });
  });

  it('takes an answer without anything in it', async () => {
    fake = await startFakeOllama({ intercept: () => ({ status: 200, body: {} }) });
    expect(await createOllamaModel(modelSettings(fake.url)).describe(never)).toMatchObject({
      tools: false,
      contextLength: 0,
    });
  });
});
