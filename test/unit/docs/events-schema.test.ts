import { readFile } from 'node:fs/promises';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EventsSchema, SchemaNode } from '../../../scripts/docs/events.js';
import { EXIT_CODES } from '../../../src/core/errors.js';
import { CHOICES, GOLDEN, SHAPES } from './golden-events.js';

const SCHEMA = new URL('../../../docs/events.schema.json', import.meta.url);
const FIXTURE = new URL('../../fixtures/events.golden.ndjson', import.meta.url);

let schema: EventsSchema;
let validate: ValidateFunction;

beforeAll(async () => {
  schema = JSON.parse(await readFile(SCHEMA, 'utf8')) as EventsSchema;
  validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
});

describe('the golden events', () => {
  it('are the lines of the fixture', async () => {
    const lines = (await readFile(FIXTURE, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(GOLDEN);
  });

  it('hold every event type once', () => {
    const types = GOLDEN.map(({ type }) => type);
    expect(types.toSorted()).toEqual(schema.oneOf?.map(nameOf).toSorted());
  });

  it.each(GOLDEN)('$type is valid', (event) => {
    expect(validate(event), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe('the schema notices one change', () => {
  it.each(Object.keys(SHAPES))('in %s', (name) => {
    expect(misjudged(changesOf(name))).toEqual([]);
  });

  it('to a word that is not in its set', () => {
    expect(misjudged(wrongWords())).toEqual([]);
  });

  it('to what every event has', () => {
    const log = eventOf('log');
    const changes = [
      { name: 'another type', event: { ...log, type: 'logs' }, valid: false },
      { name: 'a date alone', event: { ...log, timestamp: '2026-11-23' }, valid: false },
      { name: 'a list', event: [log], valid: false },
    ];
    expect(misjudged(changes)).toEqual([]);
  });
});

describe('the schema says what the types say', () => {
  it.each(Object.entries(SHAPES))('fields of %s', (name, fields) => {
    const node = schema.$defs[name];
    const fromSchema = Object.keys(node?.properties ?? {}).map((field) => [
      field,
      node?.required?.includes(field) === true ? 'always' : 'sometimes',
    ]);
    expect(Object.fromEntries(fromSchema)).toEqual(fields);
  });

  it.each(Object.entries(CHOICES))('words of %s', (place, words) => {
    const [name = '', field] = place.split('.');
    const node: SchemaNode | undefined = schema.$defs[name];
    const found = field === undefined ? node?.enum : node?.properties?.[field]?.enum;
    expect(found?.toSorted()).toEqual(Object.keys(words).toSorted());
  });

  it('error codes', () => {
    expect(schema.$defs['error_code']?.enum).toEqual(Object.keys(EXIT_CODES));
  });
});

function nameOf({ $ref = '' }: SchemaNode): string {
  return $ref.replace('#/$defs/', '');
}

interface Change {
  name: string;
  event: unknown;
  valid: boolean;
}

type Plain = Record<string, unknown>;

/** Names of the changes that the schema took for what they are not. */
function misjudged(changes: readonly Change[]): string[] {
  return changes.filter(({ event, valid }) => validate(event) !== valid).map(({ name }) => name);
}

function eventOf(type: string): Plain {
  return { ...GOLDEN.find((golden) => golden.type === type) };
}

/** Where a part of an event is looked at: how to get one, and how to put it back. */
const PARTS: Record<string, [part: () => unknown, event: (part: Plain) => Plain]> = {
  error_info: [
    () => (eventOf('server')['server'] as Plain)['error'],
    (part) => ({ ...eventOf('result'), error: part }),
  ],
  server_status: [
    () => eventOf('server')['server'],
    (part) => ({ ...eventOf('init'), servers: [part] }),
  ],
  tool_call_summary: [
    () => (eventOf('result')['tool_calls'] as unknown[])[0],
    (part) => ({ ...eventOf('result'), tool_calls: [part] }),
  ],
  result_image: [
    () => (eventOf('tool_result')['images'] as unknown[])[0],
    (part) => ({ ...eventOf('tool_result'), images: [part] }),
  ],
  usage: [() => eventOf('result')['usage'], (part) => ({ ...eventOf('result'), usage: part })],
};

/** One field taken away, one of another kind, one that is not known. */
function changesOf(name: string): Change[] {
  const [part, place] = PARTS[name] ?? [() => eventOf(name), (changed: Plain) => changed];
  const whole = part() as Plain;
  const fields = Object.entries(SHAPES[name as keyof typeof SHAPES]) as [string, string][];
  const without = fields.map(([field, there]) => ({
    name: `without ${field}`,
    event: place(Object.fromEntries(Object.entries(whole).filter(([key]) => key !== field))),
    valid: there === 'sometimes',
  }));
  // Any JSON may be in these two.
  const typed = fields.filter(([field]) => field !== 'structured' && field !== 'data');
  const wrong = typed.map(([field]) => ({
    name: `${field} of another kind`,
    event: place({ ...whole, [field]: typeof whole[field] === 'string' ? 7 : 'seven' }),
    valid: false,
  }));
  const unknown = { name: 'an unknown field', event: place({ ...whole, colour: 'red' }) };
  return [...without, ...wrong, { ...unknown, valid: false }];
}

function wrongWords(): Change[] {
  const call = PARTS['tool_call_summary']?.[0]() as Plain;
  const words: [type: string, change: Plain][] = [
    ['message', { role: 'tool' }],
    ['approval', { decision: 'ask' }],
    ['approval', { source: 'model' }],
    ['tool_result', { status: 'ok' }],
    ['log', { level: 'trace' }],
    ['error', { severity: 'fatal' }],
    ['error', { code: 'teapot' }],
    ['result', { status: 'ok' }],
    ['result', { tool_calls: [{ ...call, status: 'ok' }] }],
    ['server', { server: { name: 'x', tools: 0, status: 'up' } }],
    ['server', { server: { name: 'x', tools: -1, status: 'failed' } }],
  ];
  return words.map(([type, change]) => ({
    name: `${type} with ${JSON.stringify(change)}`,
    event: { ...eventOf(type), ...change },
    valid: false,
  }));
}
