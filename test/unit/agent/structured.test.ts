import { expect, it } from 'vitest';
import { registerSecret } from '../../../src/core/redact.js';
import type { JsonValue } from '../../../src/core/json.js';
import type { ToolResult } from '../../../src/mcp/types.js';
import { ofType, play, runPrompt, text } from './harness.js';

const SCHEMA = {
  type: 'object',
  properties: { degrees: { type: 'number' }, sky: { enum: ['clear', 'grey'] } },
  required: ['degrees'],
  additionalProperties: false,
};

async function told(result: ToolResult, outputSchema: Record<string, unknown> = SCHEMA) {
  const tool = { name: 's/weather', outputSchema, call: () => result };
  const model = play([{ name: 's__weather' }], ['Done.']);
  const { events } = await runPrompt({ model, tools: [tool] });
  const [answer] = ofType(events, 'tool_result');
  return { answer, warnings: ofType(events, 'log').map(({ message }) => message) };
}

const structured = (value: JsonValue, said = 'It is warm.'): ToolResult => ({
  ...text(said),
  structured: value,
});

it('a structure that fits the output schema arrives', async () => {
  const { answer, warnings } = await told(structured({ degrees: 22, sky: 'clear' }));
  expect(answer).toMatchObject({ status: 'success', structured: { degrees: 22, sky: 'clear' } });
  expect(warnings).toEqual([]);
});

it.each<[string, JsonValue, string]>([
  ['of another type', { degrees: 'warm' }, 'degrees must be number'],
  ['that lacks something', {}, "the whole must have required property 'degrees'"],
  ['that has more', { degrees: 1, note: 2 }, 'the whole must not have "note"'],
  ['that is no object', [1], 'the whole must be object'],
])('a structure %s is left out, and the model reads why', async (_, value, problem) => {
  const { answer, warnings } = await told(structured(value));
  expect(answer?.status).toBe('error');
  expect(answer).not.toHaveProperty('structured');
  expect(answer?.output).toContain(problem);
  expect(answer?.output).toContain('It is warm.');
  expect(warnings).toEqual([
    `s: the result of weather does not fit the output schema of the tool: ${problem}`,
  ]);
});

it('neither an error of the tool nor a text alone breaks its word', async () => {
  const failed = await told({ ...structured({}), isError: true });
  expect(failed.answer?.output).toBe('Error: It is warm.');
  expect(failed.warnings).toEqual([]);
  const plain = await told(text('It is warm.'));
  expect(plain.answer).toMatchObject({ status: 'success', output: 'It is warm.' });
});

it('a schema that cannot be looked at lets everything pass', async () => {
  const endless = { allOf: [{ $ref: '#' }, { $ref: '#' }] };
  const remote = { $ref: 'http://127.0.0.1:1/schema' };
  for (const schema of [endless, remote, { type: 'any', properties: [] }]) {
    const { answer, warnings } = await told(structured({ a: 1 }), schema);
    expect(answer?.status).toBe('success');
    expect(warnings).toEqual([]);
  }
});

it('a warning shows no secret, and nothing that acts on a terminal', async () => {
  registerSecret('s3cret-of-the-person');
  const { warnings } = await told(structured({ degrees: 1, 's3cret-of-the-person\u001b[2J': 1 }));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).not.toContain('s3cret-of-the-person');
  expect(warnings[0]).not.toContain('\u001b');
});
