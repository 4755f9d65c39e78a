import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/core/events.js';
import { startFakeOllama, type FakeOllama, type Turn } from '../fakes/ollama/index.js';
import { EVERYTHING } from '../servers/peers.js';
import { ofType } from '../support/chat-engine.js';
import { makeHome, runOstler, type RunOptions } from '../support/ostler.js';

/** What servers ask of a prompt that runs by itself, through the built program. */
const ASKING = path.join(import.meta.dirname, '../servers/asking.mjs');

let ollama: FakeOllama;
let home: ReturnType<typeof makeHome>;
beforeEach(async () => {
  ollama = await startFakeOllama();
  home = makeHome();
});
afterEach(async () => {
  home.remove();
  await ollama.close();
});

const call = (name: string, args: Record<string, unknown> = {}): Turn => ({
  calls: [{ name, arguments: args }],
});

const SERVERS = JSON.stringify({
  mcpServers: {
    all: { command: process.execPath, args: [EVERYTHING, 'stdio'] },
    asking: { command: process.execPath, args: [ASKING] },
  },
});

/** A run of one server with everything allowed, as a stream of events. */
async function run(
  server: string,
  turns: readonly Turn[],
  flags: readonly string[] = [],
  options: RunOptions = {},
) {
  ollama.script(...turns);
  const words = ['-p', 'Go', '--yolo', '-o', 'stream-json', '--host', ollama.url];
  const result = await runOstler(
    [...words, '--mcp-config', SERVERS, '--server', server, ...flags],
    { cwd: home.dir, ...options },
  );
  const events = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AgentEvent);
  const [end] = ofType(events, 'result');
  if (end === undefined) throw new Error(`no result: ${result.stderr}`);
  return { ...result, events, end, output: ofType(events, 'tool_result')[0]?.output ?? '' };
}

const ELICIT = call('all__trigger-elicitation-request');
const SAMPLE = call('all__trigger-sampling-request', { prompt: 'Say hi', maxTokens: 1_000_000 });
const DONE: Turn = { text: 'Done.' };
const FORM = {
  method: 'elicitation/create',
  params: {
    message: 'Who are you?',
    requestedSchema: {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', default: 7 } },
      required: ['name'],
    },
  },
};
const asks = (params: object = FORM) => call('asking__ask', { ...params });
const wants = {
  method: 'sampling/createMessage',
  params: {
    maxTokens: 10,
    messages: [{ role: 'user', content: { type: 'text', text: 'Hello' } }],
  },
};

describe('a form where nobody is', () => {
  it('is declined, in the events, the warnings and on stderr, and the run goes on', async () => {
    const { code, events, end, stderr, output } = await run('all', [ELICIT, DONE]);
    expect([code, end.response]).toEqual([0, 'Done.']);
    expect(output).toContain('declined');
    const [question] = ofType(events, 'elicitation');
    const [use] = ofType(events, 'tool_use');
    expect(question).toMatchObject({ server: 'all', mode: 'form', tool_id: use?.tool_id });
    expect(question?.fields).toContain('name');
    expect(ofType(events, 'elicitation_result')).toMatchObject([
      { id: question?.id, server: 'all', action: 'decline', source: 'policy' },
    ]);
    const order = events.map(({ type }) => type);
    expect(order.indexOf('elicitation')).toBeGreaterThan(order.indexOf('tool_use'));
    expect(order.indexOf('elicitation_result')).toBeLessThan(order.indexOf('tool_result'));
    const told = end.warnings.filter((warning) => warning.includes('nobody is here'));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^all asked ".*Answer it with --answers FILE\.$/);
    expect(stderr).toBe('');
  });

  it('is one warning as text', async () => {
    ollama.script(asks(), DONE);
    const { stderr, stdout } = await runOstler(
      ['-p', 'Go', '--yolo', '--host', ollama.url, '--mcp-config', SERVERS, '--server', 'asking'],
      { cwd: home.dir },
    );
    expect(stdout).toBe('Done.\n');
    expect(stderr.match(/nobody is here/g)).toHaveLength(1);
    expect(stderr).toContain('! asking asked "Who are you?" (name, age)');
  });

  it.each([
    ['cancel', { action: 'cancel' }],
    ['decline', { action: 'decline' }],
    ['accept-defaults', { action: 'decline' }],
  ])('gets what --on-elicitation %s says', async (mode, answer) => {
    const { output, end } = await run('asking', [asks(), DONE], ['--on-elicitation', mode]);
    expect(JSON.parse(output)).toEqual(answer);
    expect(end.warnings.join(' ').includes('name is required')).toBe(mode === 'accept-defaults');
  });
});

describe('a file of answers', () => {
  const answers = (text: string) => writeFile(path.join(home.dir, 'answers.yaml'), text);
  const flags = ['--answers', 'answers.yaml'];

  it('answers, and what it says is nowhere but where the tool says it', async () => {
    await answers('asking: {match: who are, content: {name: Ada-of-the-file, age: 36}}');
    ollama.script(call('asking__ask', { ...FORM }), DONE);
    const { events, output, end, stderr } = await run(
      'asking',
      [],
      [...flags, '--session', 'kept.jsonl'],
    );
    expect(JSON.parse(output)).toEqual({
      action: 'accept',
      content: { name: 'Ada-of-the-file', age: 36 },
    });
    expect(ofType(events, 'elicitation_result')).toMatchObject([
      { action: 'accept', source: 'file' },
    ]);
    expect(end.warnings).toEqual([]);
    const elsewhere = events.filter(({ type }) => type !== 'tool_result');
    expect(JSON.stringify(elsewhere) + stderr).not.toContain('Ada-of-the-file');
    const kept = (await readFile(path.join(home.dir, 'kept.jsonl'), 'utf8')).split('\n');
    expect(kept.filter((line) => line.includes('Ada-of-the-file'))).toHaveLength(1);
    expect(await readdir(home.dir)).toContain('kept.jsonl');
  });

  it('that does not fit is told and declined, and so is one that nobody asked for', async () => {
    await answers('- content: {nme: Ada}\n- match: something else\n');
    const { output, end, code } = await run('asking', [asks(), DONE], flags);
    expect(JSON.parse(output)).toEqual({ action: 'decline' });
    expect(end.warnings).toEqual([
      expect.stringMatching(/answer of answers\.yaml:1 does not fit.*name is required/),
      'No server asked for this answer: answers.yaml:2.',
    ]);
    expect(code).toBe(0);
  });

  it('that is none ends the run before it begins', async () => {
    await answers('- contnt: {}');
    const { code, end } = await run('asking', [], flags);
    expect([code, end.error?.code]).toEqual([6, 'config_invalid']);
    const missing = await run('asking', [], ['--answers', 'nowhere.yaml']);
    expect([missing.code, missing.end.error?.code]).toEqual([2, 'usage']);
  });
});

describe('an answer of the model', () => {
  it('is not given where nobody is, and how to give it is told', async () => {
    const { code, events, end, output } = await run('all', [SAMPLE, DONE]);
    expect([code, ollama.chats]).toEqual([0, expect.objectContaining({ length: 2 })]);
    expect(output).toContain('rejected');
    expect(ofType(events, 'sampling_result')).toMatchObject([{ status: 'denied' }]);
    expect(end.warnings.filter((warning) => warning.includes('--sampling auto'))).toHaveLength(1);
  });

  it('is given with auto: 4096 tokens of the million, and nothing of ours', async () => {
    const turns: Turn[] = [SAMPLE, { text: 'Hi from the model.' }, DONE];
    const { events, end, output } = await run('all', turns, ['--sampling', 'auto']);
    expect(output).toContain('Hi from the model.');
    expect(end.response).toBe('Done.');
    const [, asked] = ollama.chats;
    expect(asked).toMatchObject({ options: { num_predict: 4096 }, tools: [] });
    expect(JSON.stringify(asked)).toContain('Say hi');
    expect(JSON.stringify(asked)).not.toContain('"Go"');
    expect(ofType(events, 'sampling')).toMatchObject([{ server: 'all', max_tokens: 4096 }]);
    const [result] = ofType(events, 'sampling_result');
    expect(result).toMatchObject({ status: 'answered', model: 'llama3.1' });
    expect(result?.output_tokens).toBeGreaterThan(0);
  });

  it('is not even asked for with never', async () => {
    const { events } = await run('all', [SAMPLE, DONE], ['--sampling', 'never']);
    expect(ofType(events, 'sampling')).toEqual([]);
    expect(ofType(events, 'tool_result')[0]?.output).toContain('trigger-sampling-request');
    const anyway = await run('asking', [asks(wants), DONE], ['--sampling', 'never']);
    expect(JSON.parse(anyway.output)).toMatchObject({ code: -32_601 });
  });

  it('is refused to a server that asks in a loop', async () => {
    const loop = call('asking__one_after_another', { ...wants, times: 30 });
    const answers = Array.from({ length: 10 }, () => ({ text: 'Hi.' }));
    const { output, code } = await run('asking', [loop, ...answers, DONE], ['--sampling', 'auto']);
    const given = (JSON.parse(output) as { code?: number }[]).filter(
      ({ code: refused }) => refused === undefined,
    );
    expect([code, given.length, ollama.chats.length]).toEqual([0, 10, 12]);
  });

  it('that fails is an error for the server, and the run goes on', async () => {
    const refused: Turn = { refuse: { status: 500, body: { error: 'out of memory at /home/me' } } };
    const { output, events, end } = await run(
      'asking',
      [asks(wants), refused, DONE],
      ['--sampling', 'auto'],
    );
    expect(JSON.parse(output)).toMatchObject({ code: -32_603 });
    expect(output).not.toContain('/home/me');
    expect(ofType(events, 'sampling_result')).toMatchObject([{ status: 'failed' }]);
    expect(end).toMatchObject({ status: 'success', response: 'Done.' });
  });
});

describe('folders', () => {
  it('are those of --root', async () => {
    const { output } = await run('all', [call('all__get-roots-list'), DONE], ['--root', '.']);
    expect(output).toContain(`file://${home.dir}`);
  });

  it('are none of a server’s business otherwise', async () => {
    const { output } = await run('asking', [asks({ method: 'roots/list' }), DONE]);
    expect(JSON.parse(output)).toMatchObject({ code: -32_601 });
  });
});
