import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/core/errors.js';
import type { AgentEvent, ResultEvent } from '../../src/core/events.js';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { makeHome, runOstler } from '../support/ostler.js';

const SCHEMA = path.resolve(import.meta.dirname, '../../docs/events.schema.json');
const TOKEN = 'the-token-of-the-stream';

const SCRIPT = `
turns:
  - when: add
    think: There is a tool for that.
    call:
      - { tool: add_numbers, arguments: { number1: 2, number2: 3 } }
      - { tool: no_such_tool, arguments: {} }
      - { tool: say_hello, arguments: { name: [1, 2] } }
  - say: "It is {{result.add_numbers}}."
  - when: break
    say: It is
    fail: model_broke_off
`;

let server: SampleServer;
let home: ReturnType<typeof makeHome>;
let script: string;
let validate: ValidateFunction;

beforeAll(async () => {
  server = await startSampleServer({ kind: 'math', tokens: [{ name: 'test', token: TOKEN }] });
  home = makeHome();
  script = path.join(home.dir, 'model.yaml');
  writeFileSync(script, SCRIPT);
  validate = new Ajv2020({ allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
  );
});

afterAll(async () => {
  await server.close();
  home.remove();
});

interface Run {
  events: AgentEvent[];
  result: ResultEvent;
  code: number | null;
}

/** Runs the program and checks what holds for every stream, however the run went. */
async function run(...args: string[]): Promise<Run> {
  const { stdout, code } = await runOstler(['-o', 'stream-json', ...args]);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AgentEvent);
  const invalid = events.filter((event) => !validate(event));
  expect(invalid).toEqual([]);
  expect(events.map(({ type }) => type).filter((type) => type === 'init')).toHaveLength(1);
  expect(events[0]?.type).toBe('init');
  const result = events.at(-1) as ResultEvent;
  expect(result.type).toBe('result');
  expect(result.status).toBe(result.error === null ? 'success' : 'error');
  expect(code).toBe(result.error === null ? 0 : EXIT_CODES[result.error.code]);
  return { events, result, code };
}

const withServer = (token = TOKEN) =>
  ['-m', `script:${script}`, '--server', server.sseUrl].concat(
    '-H',
    `Authorization: Bearer ${token}`,
  );

describe('every line of stream-json is an event of the schema', () => {
  it('of a run with good, unknown and wrong calls', async () => {
    const { events, result, code } = await run('-p', 'add', ...withServer(), '--yolo');
    expect(code).toBe(0);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['init', 'message', 'thinking', 'tool_use', 'approval', 'tool_result', 'result']),
    );
    expect(result.tool_calls.map(({ status }) => status)).toEqual(['success', 'error', 'error']);
    expect(result.response).toBe('It is 5.');
  });

  it('and each call has one tool_use before its one tool_result', async () => {
    const { events, result } = await run('-p', 'add', ...withServer(), '--yolo');
    expect(result.tool_calls).toHaveLength(3);
    for (const { id } of result.tool_calls) {
      const types = events
        .filter((event) => 'tool_id' in event && event.tool_id === id)
        .map(({ type }) => type);
      expect(types.filter((type) => type !== 'approval')).toEqual(['tool_use', 'tool_result']);
    }
  });

  it('of a call that nobody could be asked about', async () => {
    const { events, code } = await run('-p', 'add', ...withServer());
    expect(code).toBe(8);
    expect(events).toContainEqual(expect.objectContaining({ type: 'approval', decision: 'deny' }));
  });

  it('of a model that breaks off: the part that came is a message', async () => {
    const { events, result, code } = await run('-p', 'break', '-m', `script:${script}`);
    expect(code).toBe(10);
    expect(result.response).toBe('It is');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'message',
        role: 'assistant',
        delta: false,
        content: 'It is',
      }),
    );
  });

  it('of a server that refuses the token', async () => {
    const required = ['--require-servers', 'all'];
    const { events, code } = await run('-p', 'add', ...withServer('wrong-token'), ...required);
    expect(code).toBe(3);
    expect(events).toContainEqual(expect.objectContaining({ type: 'error', severity: 'error' }));
  });

  it.each([
    ['a config that is not there', ['--config', '/nowhere/ostler.yaml']],
    ['a script that is not there', ['-m', 'script:/nowhere/model.yaml']],
    ['a bad value', ['--num-ctx', 'many']],
    ['an image that is not there', ['--image', '/nowhere/cat.png']],
  ])('of a run that fails early: %s', async (_, args) => {
    const { result, code } = await run('-p', 'add', '-m', `script:${script}`, ...args);
    expect(code).not.toBe(0);
    expect(result.error?.message).not.toBe('');
  });
});
