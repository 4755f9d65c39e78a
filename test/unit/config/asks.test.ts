import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAnswers } from '../../../src/config/answers.js';
import { failure, load, loadText, tempDir } from './load-helper.js';

describe('answers', () => {
  it('are a list, or a mapping from servers', async () => {
    const list = `
- server: docs
  match: Your name
  fields: [name]
  content: {name: Ada, zip: 010}
- action: cancel
`;
    expect(await parseAnswers(list, 'a.yaml')).toEqual([
      {
        where: 'a.yaml:2',
        server: 'docs',
        match: 'Your name',
        fields: ['name'],
        action: 'accept',
        content: { name: 'Ada', zip: '010' },
      },
      { where: 'a.yaml:6', action: 'cancel', content: {} },
    ]);
    const map = '{"docs": [{"match": "x"}, {"action": "decline"}], "*": {"action": "cancel"}}';
    expect(await parseAnswers(map, 'a.json')).toMatchObject([
      { server: 'docs', match: 'x', action: 'accept' },
      { server: 'docs', action: 'decline' },
      { action: 'cancel' },
    ]);
    expect((await parseAnswers(map, 'a.json'))[2]).not.toHaveProperty('server');
  });

  it.each([
    ['- contnt: {}', 'a.yaml:1: unknown key contnt; did you mean "content"?'],
    ['- action: yes please', 'a.yaml:1: action: must be accept, decline or cancel'],
    ['- content: [1]', 'a.yaml:1: content must be a mapping'],
    ['- match: 7', 'a.yaml:1: match: must be a text'],
    ['- just a text', 'a.yaml:1: an answer must be a mapping'],
    ['docs: {server: docs}', 'a.yaml:1: server is the key above already'],
    ['just a text', 'a.yaml: must be a list of answers'],
    ['- {', 'a.yaml:1: not valid YAML or JSON'],
  ])('that are none say where: %s', async (text, message) => {
    const error = await failure(parseAnswers(text, 'a.yaml'));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(message);
  });

  it('quote no value', async () => {
    const error = await failure(parseAnswers('- content: hunter2-hunter2', 'a.yaml'));
    expect(error.message).not.toContain('hunter2');
  });

  it('are read relative to where they are named', async () => {
    const cwd = await tempDir({ 'answers.yaml': '- action: cancel' });
    const { settings } = await load({ cwd, flags: { answers: 'answers.yaml' } });
    expect(settings.elicitation).toMatchObject({ mode: 'ask', answers: [{ action: 'cancel' }] });
    const missing = await failure(load({ cwd, flags: { answers: 'nowhere.yaml' } }));
    expect([missing.code, missing.message]).toEqual([
      'usage',
      expect.stringContaining('--answers: '),
    ]);
  });
});

describe('settings of what servers ask', () => {
  it('have defaults that give nothing away', async () => {
    const { settings } = await load();
    expect(settings.elicitation).toEqual({ mode: 'ask', answers: [] });
    expect(settings.sampling).toEqual({ mode: 'ask', maxTokens: 4096, perMinute: 10, models: [] });
    expect(settings).not.toHaveProperty('roots');
  });

  it('come from flags, variables and files, in this order', async () => {
    const text =
      'onElicitation: cancel\nsampling: auto\nsamplingMaxTokens: 100\nsamplingPerMinute: 2\nsamplingModels: qwen3\n';
    const { settings } = await loadText(text, {
      flags: { onElicitation: 'accept-defaults' },
      env: { OSTLER_SAMPLING: 'never' },
    });
    expect(settings.elicitation.mode).toBe('accept-defaults');
    expect(settings.sampling).toEqual({
      mode: 'never',
      maxTokens: 100,
      perMinute: 2,
      models: ['qwen3'],
    });
  });

  it.each([
    ['onElicitation: accept', 'must be ask, decline, cancel or accept-defaults'],
    ['sampling: yes please', 'must be ask, auto or never'],
    ['samplingMaxTokens: 0', 'must be at least 1'],
    ['samplingPerMinute: 11', 'must be at most 10'],
  ])('say what they can be: %s', async (text, message) => {
    expect((await failure(loadText(text))).message).toContain(message);
  });
});

describe('roots', () => {
  it('are real directories as absolute URIs, each once', async () => {
    const cwd = await tempDir({ 'a b/x': '' });
    await symlink(path.join(cwd, 'a b'), path.join(cwd, 'link'));
    const { settings } = await load({ cwd, flags: { root: ['link', './a b', '.'] } });
    expect(settings.roots).toEqual([
      {
        uri: `${pathToFileURL(cwd).href}/a%20b`,
        name: 'a b',
        path: path.join(cwd, 'a b'),
      },
      { uri: pathToFileURL(cwd).href, name: path.basename(cwd), path: cwd },
    ]);
  });

  it('of a file are relative to it, and [] is none at all', async () => {
    expect((await loadText('roots: .')).settings.roots).toHaveLength(1);
    expect((await loadText('roots: []')).settings.roots).toEqual([]);
  });

  it.each([
    ['nowhere', 'there is no such file'],
    ['file', 'is no directory'],
    ['', 'is empty'],
  ])('that are none are refused: "%s"', async (root, message) => {
    const cwd = await tempDir({ file: '' });
    const error = await failure(load({ cwd, flags: { root: [root] } }));
    expect([error.code, error.message]).toEqual(['usage', expect.stringContaining(message)]);
  });

  it('are the whole disk or the whole home only when a person says so', async () => {
    for (const text of ['roots: /', 'roots: "~"']) {
      expect((await failure(loadText(text))).message).toContain('too much for a file');
    }
    const home = await tempDir();
    await mkdir(path.join(home, 'below'));
    const { settings } = await load({
      env: { HOME: home },
      flags: { root: ['/', '~', '~/below'] },
    });
    expect(settings.roots?.map(({ path: real }) => real)).toEqual([
      '/',
      home,
      path.join(home, 'below'),
    ]);
  });
});
