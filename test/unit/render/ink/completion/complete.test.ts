import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCompleter } from '../../../../../src/render/ink/completion/complete.js';
import { rank } from '../../../../../src/render/ink/completion/rank.js';
import { splitWords } from '../../../../../src/render/ink/words.js';
import type { Machine } from '../../../../../src/render/ink/types.js';
import { fakeChat, fakeMachine, type Overrides } from '../commands/fakes.js';

interface Setting {
  chat?: Overrides;
  machine?: Partial<Machine>;
}

function completer({ chat: overrides, machine: own }: Setting = {}) {
  const chat = fakeChat(overrides);
  const machine = fakeMachine(own);
  const complete = createCompleter({ chat, machine });
  const at = (text: string, cursor = text.length) =>
    Promise.resolve(complete(text, cursor, new AbortController().signal));
  return { chat, machine, at };
}

/** The text after the first item was accepted. */
async function accepted(text: string, setting?: Setting): Promise<string | undefined> {
  const found = await completer(setting).at(text);
  const item = found?.items[0];
  if (found === undefined || item === undefined) return undefined;
  return text.slice(0, found.range.start) + item.insert + text.slice(found.range.end);
}

const labels = async (text: string, setting?: Setting) =>
  (await completer(setting).at(text))?.items.map(({ label }) => label) ?? [];

describe('the first item', () => {
  it.each<[text: string, after: string | undefined]>([
    ['/ser', '/servers '],
    ['/mcp', '/servers '],
    ['/clr', '/clear'],
    ['/exit', '/quit'],
    ['/xpla', '/math:explain '],
    ['/math:h', '/math:hello'],
    ['/rev', '/review '],
    ['/servers rel', '/servers reload '],
    ['/servers reload sh', '/servers reload shop'],
    ['/servers connect https://x.example --tok', '/servers connect https://x.example --token-env '],
    ['/tools gre', '/tools math/greet'],
    ['/model qw', '/model qwen3'],
    ['/pull lla', '/pull llama3.1'],
    ['/resume rel', '/resume "release notes"'],
    ['/theme li', '/theme light'],
    ['/math:explain ', '/math:explain topic='],
    ['/math:explain topic=sums ', '/math:explain topic=sums style='],
    ['/math:explain topic=div', '/math:explain topic=addition'],
    ['/math:explain topic="div', '/math:explain topic=addition'],
    ['look at @REA', 'look at @README.md '],
    ['look at @my', 'look at @"my notes.txt" '],
    ['look at @"my no', 'look at @"my notes.txt" '],
    ['@sr', '@src/'],
    ['@src/me', '@src/menu.ts '],
    ['@.e', '@.env '],
    ['@shop:', '@shop:file:///prices.csv '],
    ['@shop:item', '@shop:item://'],
    ['@prices', '@shop:file:///prices.csv '],
    ['/review see @REA', '/review see @README.md '],
    ['Hello', undefined],
    ['me@REA', undefined],
    ['!ls @REA', undefined],
    ['/usr/bin/x', undefined],
    ['/clear now', undefined],
    ['@README.md and', undefined],
    ['', undefined],
  ])('of %j', async (text, after) => {
    expect(await accepted(text)).toBe(after);
  });

  it('replaces the whole word that the cursor stands in', async () => {
    const found = await completer().at('/serXX x', 4);
    expect(found?.range).toEqual({ start: 0, end: 6 });
  });
});

describe('what is offered', () => {
  it('all commands with what they do, and prompts', async () => {
    const found = await completer().at('/');
    expect(found?.items[0]).toMatchObject({ label: '/help', detail: 'what there is to type' });
    expect(found?.items.map(({ label }) => label)).toContain('/math:explain');
    expect(found?.items.map(({ label }) => label)).toContain('/review');
  });

  it('Enter sends what needs nothing more', async () => {
    const enter = async (text: string) => (await completer().at(text))?.items[0]?.submit === true;
    expect(await enter('/clear')).toBe(true);
    expect(await enter('/servers')).toBe(true);
    expect(await enter('/pull')).toBe(false);
    expect(await enter('/math:hello')).toBe(true);
    expect(await enter('/math:explain')).toBe(false);
    expect(await enter('/theme dark')).toBe(true);
    expect(await enter('/theme dar')).toBe(false);
  });

  it('no hidden file, unless its dot is typed', async () => {
    expect(await labels('@')).not.toContain('.env');
    expect(await labels('@')).toEqual(expect.arrayContaining(['README.md', 'src/', 'shop:']));
  });

  it('values that the server names, with what is filled in', async () => {
    const { chat, at } = completer();
    await at('/math:explain style="very short" topic=d');
    expect(chat.calls).toContainEqual([
      'prompts.complete',
      {
        server: 'math',
        name: 'explain',
        argument: 'topic',
        value: 'd',
        context: { style: 'very short' },
      },
    ]);
  });

  it('no name that an input should not hold, and labels that are safe', async () => {
    const evil = 'x\u001b]52;c;aGk=\u0007';
    const setting = {
      chat: {
        resources: {
          list: async () => [
            { server: 'shop', uri: evil, name: 'x', template: false },
            { server: 'shop', uri: 'ok://\u202eevil', name: evil, template: false },
          ],
        },
      },
      machine: { listDirectory: async () => [evil, 'a\nb', '\u202eb'] },
    };
    for (const text of ['@', '@shop:', '@x']) {
      const found = await completer(setting).at(text);
      for (const { label, insert, detail = '' } of found?.items ?? []) {
        expect(insert).not.toMatch(/\p{Cc}/u);
        expect(label + detail).not.toMatch(/[\p{Cc}\u202e]/u);
      }
    }
    expect((await completer(setting).at('@'))?.items.length).toBeGreaterThan(0);
  });
});

describe('servers', () => {
  it('that keep silent do not hold the menu', async () => {
    const never = () => new Promise<never>(() => {});
    const { at } = completer({ chat: { prompts: { list: never }, resources: { list: never } } });
    expect((await at('/'))?.items.length).toBeGreaterThan(20);
    expect((await at('@READ'))?.items[0]?.label).toBe('README.md');
    expect(await at('@shop:')).toBeUndefined();
  });

  it('are asked once for a value, and again when a server changed', async () => {
    const { chat, at } = completer();
    const asked = () => chat.calls.filter(([name]) => name === 'prompts.complete').length;
    await at('/math:explain topic=a');
    await at('/math:explain topic=a');
    expect(asked()).toBe(1);
    const server = { name: 'math', status: 'connected', tools: 1 } as const;
    chat.emit({ type: 'server', timestamp: '', server });
    await at('/math:explain topic=a');
    expect(asked()).toBe(2);
  });

  it('that fail are left out', async () => {
    const fails = async (): Promise<never> => {
      throw new Error('broken');
    };
    const setting = {
      chat: { prompts: { list: fails }, resources: { list: fails }, model: { list: fails } },
      machine: { listDirectory: fails, prompts: fails },
    };
    const { at } = completer(setting);
    expect((await at('/'))?.items[0]?.label).toBe('/help');
    for (const text of ['@', '/model ', '/math:explain ']) expect(await at(text)).toBeUndefined();
  });

  it('with ten thousand resources keep the key quick', async () => {
    const list = Array.from({ length: 10_000 }, (_, n) => ({
      server: 'shop',
      uri: `file:///warehouse/shelf-${n % 97}/item-${n}.json`,
      name: `item ${n}`,
      template: false,
    }));
    const { at } = completer({ chat: { resources: { list: async () => list } } });
    await at('@shop:item');
    const started = process.cpuUsage();
    for (const typed of ['i', 'it', 'item-77', 'shelf9item', 'file:///ware', 'nothing-fits']) {
      const found = await at(`@shop:${typed}`);
      expect(found?.items.length ?? 0).toBeLessThanOrEqual(50);
    }
    // Six keys of about 10 ms each; other work on the machine does not count.
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
    expect((await at('@shop:file:///warehouse/shelf-1/item-1.json'))?.items[0]?.label).toBe(
      'shop:file:///warehouse/shelf-1/item-1.json',
    );
  });
});

describe('ranking', () => {
  const words = ['tools', 'stools', 'too', 'to-ol', 'x', 'Tool'];
  it('what begins with it first, an exact one before all, then by fit', async () => {
    expect(await rank(words, 'tool', (word) => word)).toEqual(['Tool', 'tools', 'to-ol', 'stools']);
  });

  it('everything for nothing, fifty at most', async () => {
    const many = Array.from({ length: 200 }, (_, n) => `a${n}`);
    expect(await rank(many, '', (word) => word)).toEqual(many.slice(0, 50));
    expect(await rank(many, 'a', (word) => word)).toHaveLength(50);
  });
});

describe('any input', () => {
  const piece = fc.constantFrom(
    '/',
    '@',
    '"',
    "'",
    '\\',
    ':',
    '=',
    ' ',
    '-',
    'math',
    'explain',
    'servers',
    'shop',
    'approve',
    'forget',
  );
  const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 2 })), {
    maxLength: 8,
  });

  it('has a completion that lies in it, or none', async () => {
    const { at } = completer();
    await fc.assert(
      fc.asyncProperty(text, fc.nat(40), async (parts, where) => {
        const input = parts.join('');
        const cursor = Math.min(where, input.length);
        const found = await at(input, cursor);
        if (found === undefined) return;
        expect(found.items.length).toBeGreaterThan(0);
        expect(found.range.start).toBeGreaterThanOrEqual(0);
        expect(found.range.start).toBeLessThanOrEqual(cursor);
        expect(found.range.end).toBeGreaterThanOrEqual(cursor);
        expect(found.range.end).toBeLessThanOrEqual(input.length);
      }),
      { numRuns: 500 },
    );
  });

  it('is cut into words that cover it', () => {
    fc.assert(
      fc.property(text, (parts) => {
        const line = parts.join('');
        let end = 0;
        for (const word of splitWords(line)) {
          expect(line.slice(end, word.start)).toMatch(/^\s*$/);
          expect(word.end).toBeGreaterThan(word.start);
          end = word.end;
        }
        expect(line.slice(end).trim()).toBe('');
      }),
    );
  });
});
