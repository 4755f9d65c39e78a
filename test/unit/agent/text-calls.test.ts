import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeCall, MAX_CALL_TEXT, parseCalls } from '../../../src/agent/text-calls.js';
import { ofType, play, runPrompt, shownText } from './harness.js';

const NAMES = new Set(['math__add', 'math__sub', 'time__now']);
const ADD = { name: 'math__add', arguments: { a: 2 } };

const CALLS: [string, string, { name: string; arguments: object }[]][] = [
  ['arguments', '{"name": "math__add", "arguments": {"a": 2}}', [ADD]],
  ['parameters', '{"name":"math__add","parameters":{"a":2}}', [ADD]],
  ['arguments first', '{"arguments": {"a": 2}, "name": "math__add"}', [ADD]],
  ['arguments as JSON text', '{"name":"math__add","arguments":"{\\"a\\":2}"}', [ADD]],
  ['no arguments', '{"name": "time__now"}', [{ name: 'time__now', arguments: {} }]],
  [
    'empty arguments',
    '{"name": "time__now", "arguments": ""}',
    [{ name: 'time__now', arguments: {} }],
  ],
  [
    'null arguments',
    '{"name": "time__now", "arguments": null}',
    [{ name: 'time__now', arguments: {} }],
  ],
  ['a function inside', '{"function": {"name":"math__add","arguments":{"a":2}}}', [ADD]],
  ['a typed function', '{"type":"function","name":"math__add","parameters":{"a":2}}', [ADD]],
  [
    'a typed function inside',
    '{"type":"function","function":{"name":"math__add","arguments":{"a":2}}}',
    [ADD],
  ],
  ['an id', '{"id":"call_1","name":"math__add","arguments":{"a":2}}', [ADD]],
  ['white space around', '\n  {"name": "math__add", "arguments": {"a": 2}}  \n', [ADD]],
  ['a python tag', '<|python_tag|>{"name": "math__add", "parameters": {"a": 2}}<|eom_id|>', [ADD]],
  ['an end of turn', '{"name": "math__add", "parameters": {"a": 2}}<|eot_id|>', [ADD]],
  ['a fence', '```json\n{"name": "math__add", "arguments": {"a": 2}}\n```', [ADD]],
  ['a bare fence', '```\n{"name": "math__add", "arguments": {"a": 2}}\n```\n', [ADD]],
  ['an open fence', '```json\n{"name": "math__add", "arguments": {"a": 2}}', [ADD]],
  ['a tag', '<tool_call>\n{"name": "math__add", "arguments": {"a": 2}}\n</tool_call>', [ADD]],
  ['an open tag', '<tool_call>{"name": "math__add", "arguments": {"a": 2}}', [ADD]],
  [
    'a tag in a fence',
    '```\n<tool_call>\n{"name": "math__add", "arguments": {"a": 2}}\n</tool_call>\n```',
    [ADD],
  ],
  ['mistral', '[TOOL_CALLS] [{"name": "math__add", "arguments": {"a": 2}}]', [ADD]],
  ['functools', 'functools[{"name": "math__add", "arguments": {"a": 2}}]', [ADD]],
  ['a function tag', '<function=math__add>{"a": 2}</function>', [ADD]],
  ['an open function tag', '<function=math__add>{"a": 2}', [ADD]],
  [
    'a list',
    '[{"name":"math__add","arguments":{"a":2}},{"name":"time__now"}]',
    [ADD, { name: 'time__now', arguments: {} }],
  ],
  [
    'semicolons',
    '{"name":"math__add","parameters":{"a":2}}; {"name":"time__now"}',
    [ADD, { name: 'time__now', arguments: {} }],
  ],
  [
    'lines',
    '{"name":"math__add","parameters":{"a":2}}\n{"name":"time__now"}\n',
    [ADD, { name: 'time__now', arguments: {} }],
  ],
  [
    'tags in a row',
    '<tool_call>{"name":"math__add","arguments":{"a":2}}</tool_call>\n<tool_call>{"name":"time__now"}</tool_call>',
    [ADD, { name: 'time__now', arguments: {} }],
  ],
  [
    'the separators inside of texts',
    '{"name":"math__add","arguments":{"a":"x; {\\"y\\"}\\n</tool_call>```"}}',
    [{ name: 'math__add', arguments: { a: 'x; {"y"}\n</tool_call>```' } }],
  ],
  [
    'the key __proto__',
    '{"name":"math__add","arguments":{"__proto__":{"polluted":1}}}',
    [{ name: 'math__add', arguments: JSON.parse('{"__proto__":{"polluted":1}}') }],
  ],
];

/** Answers that a person asked for, or half-made calls: shown, never run. */
const TEXTS: [string, string][] = [
  ['a sentence', 'The answer is 5.'],
  ['JSON that was asked for', '{"city": "Bern", "population": 134794}'],
  ['a list that was asked for', '[1, 2, 3]'],
  ['a list of objects', '[{"city":"Bern"},{"city":"Basel"}]'],
  ['an object with a name that is no tool', '{"name": "Bob", "arguments": {"a": 2}}'],
  ['a tool name in part', '{"name": "add", "arguments": {"a": 2}}'],
  ['a tool name in another case', '{"name": "Math__Add", "arguments": {}}'],
  ['a name of the prototype', '{"name": "constructor", "arguments": {}}'],
  [
    'the definition of a tool',
    '{"type":"function","function":{"name":"math__add","description":"adds","parameters":{"type":"object","properties":{}}}}',
  ],
  ['one call and one stranger', '[{"name":"math__add","arguments":{}},{"name":"Bob"}]'],
  ['arguments that are a list', '{"name": "math__add", "arguments": [2]}'],
  ['arguments that are no JSON', '{"name": "math__add", "arguments": "two"}'],
  ['half a call', '{"name": "math__add", "argum'],
  ['a call in a sentence', 'I call {"name": "math__add", "arguments": {"a": 2}}'],
  ['a call and a sentence', '{"name": "math__add", "arguments": {"a": 2}} should do it.'],
  ['two calls and a word', '{"name":"time__now"} and {"name":"time__now"}'],
  ['code', '```python\nprint(1)\n```'],
  ['code of JSON', '```json\n{"a": 1}\n```'],
  ['code in prose', '```js\n{ name }\n```'],
  ['a link', '[the docs](https://example.org)'],
  ['nothing', ''],
  ['marks alone', '<tool_call></tool_call>'],
  ['an unknown function tag', '<function=make_coffee>{}</function>'],
  ['a brace', '{'],
  ['a template', '{{name}}'],
];

describe('a call written as text', () => {
  it.each(CALLS)('with %s is found', (_, text, calls) => {
    expect(parseCalls(text, NAMES)).toEqual(calls);
    for (let end = 0; end <= text.length; end += 1)
      expect(mayBeCall(text.slice(0, end))).toBe(true);
  });

  it.each(TEXTS)('is not seen in %s', (_, text) => {
    expect(parseCalls(text, NAMES)).toBeUndefined();
  });

  it('never pollutes a prototype', () => {
    parseCalls('{"name":"math__add","arguments":{"__proto__":{"polluted":1}}}', NAMES);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('what is held back', () => {
  it.each([
    'The',
    '{"city": ',
    '{"c',
    '{ n',
    '[1',
    '[the docs',
    '[["a',
    '```python\np',
    '```js\n{ a',
    '```\n#',
    '<p>',
    '<too long',
    '{{',
    'f(x)',
  ])('is not %j', (text) => {
    expect(mayBeCall(text)).toBe(false);
  });

  it.each([
    '',
    ' ',
    '\n',
    '`',
    '```',
    '```jso',
    '```json\n',
    '```json\n{ "na',
    '[',
    '[ {',
    '{"type',
    '<',
    '<tool_',
    '<|py',
    '[TOOL',
    'func',
    'f',
  ])('is %j', (text) => {
    expect(mayBeCall(text)).toBe(true);
  });

  it('ends at 64 KiB', () => {
    const text = `{"name": "${'x'.repeat(MAX_CALL_TEXT)}`;
    expect(mayBeCall(text)).toBe(false);
    expect(parseCalls(`{"name":"time__now"}${' '.repeat(MAX_CALL_TEXT)}`, NAMES)).toBeUndefined();
  });

  it.each([
    ['open brackets', '['.repeat(MAX_CALL_TEXT)],
    ['open braces', '{"a":'.repeat(MAX_CALL_TEXT / 8)],
    ['lines', `\`\`\`${'\n'.repeat(MAX_CALL_TEXT - 10)}x`],
    ['separators', `{"name":"time__now"}${';\n'.repeat(MAX_CALL_TEXT / 2 - 20)}x`],
    ['marks', '<tool_call>'.repeat(5900)],
    ['fences', '```a'.repeat(16_000)],
    ['quotes', `{"name": "${'\\"'.repeat(32_000)}`],
    ['values', '{}'.repeat(32_000)],
  ])('is judged in linear time: %s', (_, text) => {
    const before = performance.now();
    mayBeCall(text);
    expect(parseCalls(text, NAMES)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('in a run', () => {
  const tools = [{ name: 'math/add' }, { name: 'math/sub' }, { name: 'time/now' }];
  const cut = (text: string, size: number) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

  it.each(CALLS)('with %s is run, and not shown', async (_, text, calls) => {
    for (const size of [1, 7, 1000]) {
      const model = play(cut(text, size), ['It is 5.']);
      const { events, conversation, called } = await runPrompt({ model, tools });
      expect(called.map(([, args]) => args)).toEqual(calls.map((call) => call.arguments));
      expect(Object.values(shownText(events))).toEqual(['It is 5.']);
      expect(conversation.messages[1]).toMatchObject({
        content: '',
        toolCalls: calls.map((call, at) => ({ ...call, id: `msg_1_text_${at}` })),
      });
    }
  });

  it.each(TEXTS.filter(([, text]) => text !== ''))(
    '%s is shown, and nothing is run',
    async (_, text) => {
      for (const size of [1, 1000]) {
        const { events, outcome, called } = await runPrompt({
          model: play(cut(text, size)),
          tools,
        });
        expect(called).toEqual([]);
        expect(shownText(events)).toEqual({ msg_1: text });
        expect(ofType(events, 'message').at(-1)).toMatchObject({ content: text, delta: false });
        expect(outcome).toMatchObject({ response: text, error: null });
      }
    },
  );

  it('is shown without delay as soon as it can be no call', async () => {
    const { events } = await runPrompt({
      model: play(['{"ci', 'ty": "Bern', '", "n": 1}']),
      tools,
    });
    expect(ofType(events, 'message').map(({ content }) => content)).toEqual([
      '{"ci',
      'ty": "Bern',
      '", "n": 1}',
      '{"city": "Bern", "n": 1}',
    ]);
  });

  it('is text when no tools were offered', async () => {
    const text = '{"name": "math__add", "arguments": {}}';
    const { events, called } = await runPrompt({ model: play([text]) });
    expect(called).toEqual([]);
    expect(shownText(events)).toEqual({ msg_1: text });
  });

  it('is text beside a real call', async () => {
    const text = '{"name": "math__sub", "arguments": {}}';
    const { events, called } = await runPrompt({
      model: play([text, { name: 'math__add' }], ['.']),
      tools,
    });
    expect(called).toEqual([['math/add', {}]]);
    expect(shownText(events)['msg_1']).toBe(text);
  });

  it('no text is ever lost or said twice, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            '{',
            '"name"',
            ':',
            '"x"',
            '}',
            '[',
            ']',
            '```',
            'json\n',
            ' ',
            'a',
            '<tool_call>',
            ';',
          ),
          { minLength: 1, maxLength: 12 },
        ),
        async (pieces) => {
          const { events, outcome } = await runPrompt({ model: play(pieces, ['second']), tools });
          const whole = pieces.join('');
          if (whole.trim() !== '') expect(shownText(events)).toEqual({ msg_1: whole });
          expect(outcome.error).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });
});
