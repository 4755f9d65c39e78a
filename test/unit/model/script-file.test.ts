import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/model/index.js';
import { parseScript } from '../../../src/model/script-file.js';

const YAML = `
delay: 5
context: 4096
turns:
  - when: weather
    think: Let me see.
    call:
      - tool: get_weather
        arguments: { city: Bonn, days: 3 }
      - tool: now
  - say: It is {{result.get_weather}}.
    delay: 0
  - when: break
    say: I was about to
    fail: model_broke_off
fallback:
  say: I only know the weather.
`;

describe('a script file', () => {
  it('is YAML', async () => {
    expect(await parseScript(YAML, 'a.yaml')).toEqual({
      delay: 5,
      context: 4096,
      turns: [
        {
          when: 'weather',
          think: 'Let me see.',
          call: [
            { tool: 'get_weather', arguments: { city: 'Bonn', days: 3 } },
            { tool: 'now', arguments: {} },
          ],
        },
        { say: 'It is {{result.get_weather}}.', delay: 0 },
        {
          when: 'break',
          say: 'I was about to',
          fail: { code: 'model_broke_off', message: 'The script fails here (model_broke_off).' },
        },
      ],
      fallback: { say: 'I only know the weather.' },
    });
  });

  it('or JSON', async () => {
    expect(await parseScript('{"turns":[{"say":"x","stop":"length"}]}', 'a.json')).toEqual({
      turns: [{ say: 'x', stop: 'length' }],
    });
  });

  it.each([
    ['', 'a.yaml: must be a mapping'],
    ['turns: []', 'a.yaml: turns: must be a list of at least one turn'],
    ['turns: [5]', 'a.yaml: turns[0]: must be a mapping'],
    ['turns: [{says: x}]', 'a.yaml: turns[0].says: unknown key; known are when, think, say'],
    ['turns: [{say: 5}]', 'a.yaml: turns[0].say: must be text'],
    ['turns: [{call: x}]', 'a.yaml: turns[0].call: must be a list'],
    ['turns: [{call: [{arguments: {}}]}]', 'a.yaml: turns[0].call[0].tool: is missing'],
    [
      'turns: [{call: [{tool: t, arguments: 5}]}]',
      'a.yaml: turns[0].call[0].arguments: must be a mapping',
    ],
    ['turns: [{say: x}]\ndelay: -1', 'a.yaml: delay: must be a number, 0 or more'],
    ['turns: [{say: x, stop: no}]', 'a.yaml: turns[0].stop: must be'],
    ['turns: [{fail: internal}]', 'a.yaml: turns[0].fail.code: must be one of model_unreachable'],
    ['turns: [', 'a.yaml: '],
  ])('tells what is wrong with %j', async (text, message) => {
    await expect(parseScript(text, 'a.yaml')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is found by the model name; one that is not there is a missing model', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'ostler-'));
    const settings = { host: '', headers: [], insecure: false, options: {} };
    const signal = new AbortController().signal;
    try {
      const file = path.join(dir, 'a.yaml');
      await writeFile(file, YAML);
      const model = createModel({ ...settings, name: `script:${file}` });
      expect((await model.describe(signal)).contextLength).toBe(4096);
      const missing = createModel({ ...settings, name: `script:${dir}/b.yaml` });
      await expect(missing.describe(signal)).rejects.toMatchObject({
        code: 'model_missing',
        exitCode: 10,
      });
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('stands in the docs as it is read', async () => {
    const docs = await readFile(
      new URL('../../../docs/scripted-model.md', import.meta.url),
      'utf8',
    );
    const examples = [...docs.matchAll(/```(?:yaml|json)\n([\s\S]*?)```/g)];
    expect(examples.length).toBeGreaterThan(0);
    for (const [, example = ''] of examples) {
      expect((await parseScript(example, 'docs')).turns.length).toBeGreaterThan(0);
    }
  });
});
