import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { runModelsList, runModelsPull, runModelsShow } from '../../src/cli/models.js';
import type { Output } from '../../src/render/sink.js';
import { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from '../fakes/ollama/index.js';
import { modelSettings } from '../fakes/ollama/settings.js';

interface Capture {
  stream: Output;
  text: () => string;
}

function capture(columns?: number): Capture {
  const stream: Output = new PassThrough();
  const parts: string[] = [];
  stream.on('data', (chunk: Buffer) => parts.push(chunk.toString('utf8')));
  if (columns !== undefined) {
    stream.isTTY = true;
    stream.columns = columns;
  }
  return { stream, text: () => parts.join('') };
}

let fake: FakeOllama;
afterEach(() => fake.close());

async function setUp(options: FakeOllamaOptions = {}, columns?: number) {
  fake = await startFakeOllama(options);
  const stdout = capture(columns);
  const stderr = capture(columns);
  const run = {
    settings: modelSettings(fake.url),
    json: false,
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: new AbortController().signal,
  };
  return { run, stdout, stderr };
}

describe('models list', () => {
  it('prints a table, and JSON', async () => {
    const { run, stdout } = await setUp();
    await runModelsList(run);
    expect(stdout.text()).toBe(
      [
        'NAME             SIZE    PARAMETERS  CONTEXT  CAN',
        'llama3.1:latest  4.9 GB  8.0B        131072   tools',
        'qwen3:4b         2.6 GB  4.0B        40960    tools, thinking',
        'gemma3:latest    3.3 GB  4.3B        131072   vision',
        '',
      ].join('\n'),
    );
    const json = capture();
    await runModelsList({ ...run, json: true, stdout: json.stream });
    expect(JSON.parse(json.text())).toMatchObject([
      {
        name: 'llama3.1:latest',
        size: 4920753328,
        context_length: 131072,
        capabilities: ['completion', 'tools'],
      },
      { name: 'qwen3:4b' },
      { name: 'gemma3:latest' },
    ]);
  });

  it.each([48, 30, 10, 1])('fits a terminal of %i columns', async (columns) => {
    const { run, stdout } = await setUp({}, columns);
    await runModelsList(run);
    for (const line of stdout.text().trimEnd().split('\n')) {
      expect(line.length).toBeLessThanOrEqual(columns);
    }
    expect(stdout.text()).toContain(columns >= 30 ? 'qwen3:4b' : '');
  });

  it('leaves out what an old server does not tell, and defuses names', async () => {
    const models = [{ name: '\u001b]0;x\u0007m', size: 5 }];
    const { run, stdout } = await setUp({
      intercept: () => ({ status: 200, body: { models } }),
    });
    await runModelsList(run);
    expect(stdout.text()).toContain('\\x1b]0;x\\x07m  5 B\n');
  });

  it('says so on stderr when there is none', async () => {
    const { run, stdout, stderr } = await setUp({ models: [] });
    await runModelsList(run);
    expect(stdout.text()).toBe('');
    expect(stderr.text()).toContain('ostler models pull');
  });
});

describe('models show', () => {
  it('tells what a model can do', async () => {
    const { run, stdout } = await setUp();
    await runModelsShow({ ...run, name: 'llama3.1' });
    expect(stdout.text()).toContain('Can         completion, tools\n');
    expect(stdout.text()).toContain('Context     131072 tokens\n');
    const json = capture();
    await runModelsShow({ ...run, name: 'gemma3', json: true, stdout: json.stream });
    expect(JSON.parse(json.text())).toMatchObject({
      name: 'gemma3',
      capabilities: ['completion', 'vision'],
      default_num_ctx: 8192,
    });
  });

  it('fails for one that is not installed', async () => {
    const { run } = await setUp();
    await expect(runModelsShow({ ...run, name: 'qwen3' })).rejects.toMatchObject({
      code: 'model_missing',
      hint: expect.stringContaining('Did you mean qwen3:4b?') as string,
    });
  });
});

describe('models pull', () => {
  const name = 'llama3.1';

  it('writes a line for every tenth of a layer where no terminal is', async () => {
    const { run, stdout, stderr } = await setUp({
      models: [],
      pull: {
        layers: [{ digest: `sha256:${'a'.repeat(64)}`, total: 5000 }],
        steps: 1000,
        stepMs: 0,
      },
    });
    await runModelsPull({ ...run, name });
    const lines = stderr.text().trimEnd().split('\n');
    expect(lines[0]).toBe('pulling manifest');
    expect(lines.filter((line) => line.startsWith('pulling aaaaaaaaaaaa '))).toHaveLength(11);
    expect(lines).toContain('pulling aaaaaaaaaaaa 50 % of 5.0 KB');
    expect(lines.at(-1)).toBe('llama3.1 is installed.');
    expect(stderr.text()).not.toContain('\r');
    expect(stdout.text()).toBe('');
    await runModelsShow({ ...run, name });
  });

  it.each([80, 20])('draws one line over and over on a terminal of %i columns', async (columns) => {
    const { run, stderr } = await setUp({}, columns);
    await runModelsPull({ ...run, name });
    const frames = stderr.text().split('\r\u001b[K');
    const drawn = frames.slice(1, -1);
    expect(drawn.length).toBeGreaterThan(3);
    for (const frame of drawn) {
      expect(frame).not.toContain('\n');
      expect(frame.length).toBeLessThan(columns);
    }
    if (columns === 80)
      expect(stderr.text()).toContain('████████████████████ 100 %  4.9 GB/4.9 GB');
    expect(frames.at(-1)).toBe('llama3.1 is installed.\n');
  });

  it('prints one object with --json', async () => {
    const { run, stdout } = await setUp();
    await runModelsPull({ ...run, name, json: true });
    expect(JSON.parse(stdout.text())).toEqual({ name, status: 'success' });
  });

  it('fails for a model the registry does not have, which shows in mid-stream', async () => {
    const { run, stderr } = await setUp({}, 80);
    const work = runModelsPull({ ...run, name: 'lama9' });
    await expect(work).rejects.toMatchObject({ code: 'model_missing', exitCode: 10 });
    expect(stderr.text().endsWith('\r\u001b[K')).toBe(true);
  });

  it('stops at once when interrupted', async () => {
    const { run } = await setUp({
      pull: { layers: [{ digest: 'sha256:a', total: 100 }], steps: 1000, stepMs: 50 },
    });
    const controller = new AbortController();
    const work = runModelsPull({ ...run, name, signal: controller.signal });
    const over = expect(work).rejects.toMatchObject({ code: 'interrupted' });
    await expect.poll(() => fake.requests.length).toBe(1);
    controller.abort();
    await over;
    await fake.requests[0]?.over;
    expect(fake.requests[0]?.disconnected).toBe(true);
  });

  it('tells a pull that ends early', async () => {
    const { run } = await setUp({
      intercept: () => ({ status: 200, body: '{"status":"pulling manifest"}\n' }),
    });
    await expect(runModelsPull({ ...run, name })).rejects.toMatchObject({
      code: 'model_broke_off',
    });
  });
});
