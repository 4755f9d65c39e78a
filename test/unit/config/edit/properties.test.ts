import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editServers, serverKey } from '../../../../src/config/edit/edit-servers.js';
import type { ServerEdit, WrittenEntry } from '../../../../src/config/edit/types.js';
import { parseSource } from '../../../../src/config/source.js';
import { jsonDocument, yamlDocument, type MadeDocument } from './documents.js';

const entry: fc.Arbitrary<WrittenEntry> = fc.record(
  {
    command: fc.string({ minLength: 1 }),
    args: fc.array(
      fc.oneof(fc.string(), fc.constantFrom('- a', 'a: b', 'yes', '1e3', '0x1', '~', '>')),
    ),
    env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string({ unit: 'grapheme' })),
    timeout: fc.nat(),
    disabled: fc.boolean(),
    description: fc.constantFrom(
      'two\nlines',
      ' spaces ',
      'tab\there',
      'long '.repeat(60),
      '# no',
      '\r\n',
    ),
  },
  { requiredKeys: ['command'] },
);
const name = fc.constantFrom('new', 'a', 'docs', '1st', 'on', 'x.y');

async function valueOf(text: string): Promise<Record<string, unknown>> {
  const source = await parseSource({ layer: 'file', name: 't', dir: '/', text });
  return { ...source?.value };
}

/** The servers, and everything else. */
async function split(text: string, id: string) {
  const value = await valueOf(text);
  const key = serverKey(value, id) ?? 'mcpServers';
  const { [key]: servers, ...rest } = value;
  return { servers: { ...(servers as object | null) } as Record<string, unknown>, rest };
}

/** Comments stand where they stood, in their order, but for those inside of what is gone. */
function expectComments(text: string, { comments }: MadeDocument, gone: string | undefined): void {
  const kept = comments.filter(({ inside }) => inside === undefined || inside !== gone);
  const places = kept.map(({ mark }) => text.indexOf(mark));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}

/** Every line of `part` is one of `whole`, in the same order. */
function expectSubsequence(part: string, whole: string): void {
  const lines = whole.split('\n');
  let at = 0;
  for (const line of part.split('\n')) {
    const found = lines.indexOf(line, at);
    expect(found, `${JSON.stringify(line)} stands there`).toBeGreaterThanOrEqual(0);
    at = found + 1;
  }
}

describe.each([
  ['YAML', yamlDocument],
  ['JSON', jsonDocument],
] as const)('an edit of any %s', (kind, made) => {
  const json = kind === 'JSON';
  const edited = async (text: string, edit: ServerEdit) => editServers(text, edit, { json });

  it('adds or replaces one server and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(made, name, entry, async (document, id, value) => {
        const before = await split(document.text, id);
        const text = await edited(document.text, { kind: 'set', id, entry: value });
        const after = await split(text, id);
        expect(after.servers[id]).toEqual(value);
        expect({ ...after.servers, [id]: 0 }).toEqual({ ...before.servers, [id]: 0 });
        expect(after.rest).toEqual(before.rest);
        expectComments(text, document, document.ids.includes(id) ? id : undefined);
        if (!json && !document.ids.includes(id) && document.text.endsWith('\n')) {
          expectSubsequence(document.text, text);
        }
      }),
      { numRuns: 120 },
    );
  });

  it('removes one server and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(made, fc.nat(), async (document, at) => {
        const id = document.ids[at % Math.max(1, document.ids.length)];
        fc.pre(id !== undefined);
        const before = await split(document.text, id);
        const text = await edited(document.text, { kind: 'remove', id });
        const after = await split(text, id);
        const { [id]: _, ...others } = before.servers;
        expect(after.servers).toEqual(others);
        expect(after.rest).toEqual(before.rest);
        expectComments(text, json ? document : withoutTrailing(document, id), id);
        if (!json && document.text.endsWith('\n')) expectSubsequence(text, document.text);
      }),
      { numRuns: 120 },
    );
  });

  it('gives the first text back when what was added is removed again', async () => {
    await fc.assert(
      fc.asyncProperty(made, entry, async (document, value) => {
        fc.pre(document.ids.length > 0 && document.text.endsWith('\n'));
        const text = await edited(document.text, { kind: 'set', id: 'new', entry: value });
        expect(await edited(text, { kind: 'remove', id: 'new' })).toBe(document.text);
      }),
      { numRuns: 80 },
    );
  });
});

/** A comment behind a one-line entry stands on its line, and goes with it. */
function withoutTrailing(document: MadeDocument, id: string): MadeDocument {
  const line = document.text
    .split(/\r?\n/)
    .find((one) => one.trimStart().startsWith(`${JSON.stringify(id)}: {`));
  const comments = document.comments.filter(({ mark }) => line?.includes(mark) !== true);
  return { ...document, comments };
}
