import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../../src/core/errors.js';
import { findMentions } from '../../../../src/render/ink/mentions.js';
import { toSubmission } from '../../../../src/render/ink/submission.js';
import type { Submission } from '../../../../src/render/ink/types.js';
import {
  fakeChat,
  fakeMachine,
  fakeScreen,
  type FakeChat,
  type Overrides,
} from './commands/fakes.js';

interface Given {
  ask?: string | undefined;
  chat?: Overrides;
}

async function submit(text: string, { ask, chat: overrides }: Given = {}) {
  const chat = fakeChat(overrides);
  const screen = fakeScreen({ ask });
  const { signal } = new AbortController();
  const submission = await toSubmission(text, { chat, machine: fakeMachine(), screen, signal });
  return { submission, chat, screen };
}

/** What would be sent, as short as it can be told. */
function brief(submission: Submission): unknown {
  switch (submission.kind) {
    case 'message': {
      const { text, attachments } = submission.message;
      return attachments === undefined ? text : [text, attachments.map(({ name }) => name)];
    }
    case 'command':
      return { command: submission.command.name, args: submission.args };
    case 'shell':
      return { shell: submission.line };
    case 'unknown-command':
      return { unknown: submission.name, nearest: submission.nearest };
  }
}

describe('what an input means', () => {
  it.each<[text: string, meaning: unknown]>([
    ['Hello', 'Hello'],
    ['  Hello \n', 'Hello'],
    ['/help', { command: 'help', args: '' }],
    ['/HELP servers', { command: 'help', args: 'servers' }],
    ['/?', { command: 'help', args: '' }],
    ['/system You are\n  brief', { command: 'system', args: 'You are\n  brief' }],
    ['/hlep', { unknown: 'hlep', nearest: 'help' }],
    ['/math:explan', { unknown: 'math:explan', nearest: 'math:explain' }],
    ['/reveiw', { unknown: 'reveiw', nearest: 'review' }],
    ['/', { unknown: '', nearest: 'help' }],
    ['//help is a command', '/help is a command'],
    ['/usr/bin/x what is this', '/usr/bin/x what is this'],
    ['/c:/x/y what is this', '/c:/x/y what is this'],
    ['!ls -la @x', { shell: 'ls -la @x' }],
    ['/review 42 again', 'Review 42 with care: 42 again'],
    ['/review @a.ts', ['Review @a.ts with care: @a.ts', ['a.ts']]],
    ['look at @src/menu.ts, please', ['look at @src/menu.ts, please', ['src/menu.ts']]],
    ['(@a.ts) "@b.ts" @c.ts?', ['(@a.ts) "@b.ts" @c.ts?', ['a.ts', 'b.ts', 'c.ts']]],
    [
      '@"my notes.txt" and @"a \\"b\\""',
      ['@"my notes.txt" and @"a \\"b\\""', ['my notes.txt', 'a "b"']],
    ],
    ['@a.ts @a.ts', ['@a.ts @a.ts', ['a.ts']]],
    ['@shop:file:///prices.csv.', ['@shop:file:///prices.csv.', ['shop:file:///prices.csv']]],
    ['mail me@example.com', 'mail me@example.com'],
    ['a @ b', 'a @ b'],
    ['see `@missing` and\n```\n@missing\n```', 'see `@missing` and\n```\n@missing\n```'],
    ['hi \\@missing', 'hi @missing'],
  ])('%j', async (text, meaning) => {
    expect(brief((await submit(text)).submission)).toEqual(meaning);
  });

  it.each<[text: string, message: RegExp, hint: RegExp]>([
    ['!', /no line to run/, /!ls/],
    ['read @missing.txt', /^@missing\.txt: there is no such file/, /\\@/],
    [Array.from({ length: 51 }, (_, n) => `@f${n}`).join(' '), /50 files at most/, /backticks/],
    ['read @shpo:file:///x/missing', /^@shpo/, /server "shop"/],
  ])('%j is refused', async (text, message, hint) => {
    const error: unknown = await submit(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OstlerError);
    expect((error as OstlerError).message).toMatch(message);
    expect((error as OstlerError).hint).toMatch(hint);
  });
});

describe('a prompt of a server', () => {
  const asked = ({ calls }: FakeChat) => calls.find(([name]) => name === 'prompts.get')?.[1];

  it.each<[text: string, args: unknown]>([
    ['/math:explain sums', { topic: 'sums' }],
    ['/math:explain sums short', { topic: 'sums', style: 'short' }],
    ['/math:explain sums very short', { topic: 'sums', style: 'very short' }],
    ['/math:explain "long sums" style=short', { topic: 'long sums', style: 'short' }],
    ['/math:explain style="a b" topic=x=y', { topic: 'x=y', style: 'a b' }],
    ['/math:explain a=b', { topic: 'a=b' }],
    ['/math:hello', {}],
  ])('%s', async (text, args) => {
    const { submission, chat } = await submit(text);
    expect(asked(chat)).toMatchObject({ server: 'math', args });
    expect(submission).toEqual({
      kind: 'message',
      message: { text, messages: [{ role: 'user', text: 'Explain sums.' }] },
    });
  });

  it('asks for what is required and missing, and only for that', async () => {
    const { chat, screen } = await submit('/math:explain style=short', { ask: 'sums' });
    expect(screen.did).toEqual([['ask', 'topic', 'what about']]);
    expect(asked(chat)).toMatchObject({ args: { topic: 'sums', style: 'short' } });
  });

  it.each<[text: string, message: RegExp, hint: RegExp]>([
    ['/math:explain', /\/math:explain needs "topic"/, /topic=…/],
    ['/math:explain topik=x', /no argument "topik"/, /topic=/],
    ['/math:hello you', /takes no "you"/, /no arguments/],
  ])('%s is refused', async (text, message, hint) => {
    const error: unknown = await submit(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OstlerError);
    expect((error as OstlerError).message).toMatch(message);
    expect((error as OstlerError).hint).toMatch(hint);
  });

  it('with blanks and slashes in its name is found, the longest first', async () => {
    const names = ['a', 'a b', 'x/y'];
    const prompts = names.map((name) => ({ server: 's', name, arguments: [] }));
    const chat = { prompts: { list: async () => prompts } };
    for (const name of names) {
      const found = await submit(`/s:${name}`, { chat });
      expect(asked(found.chat)).toMatchObject({ name });
    }
  });

  it('without messages is an error', async () => {
    const empty = submit('/math:hello', { chat: { prompts: { get: async () => [] } } });
    await expect(empty).rejects.toThrow(/no messages/);
  });
});

describe('any input', () => {
  const piece = fc.constantFrom('/', '@', '!', '"', "'", '\\', '`', ':', '=', ' ', '\n', '-', '$1');
  const word = fc.constantFrom('math', 'explain', 'servers', 'connect', 'a.ts', 'shop', 'review');
  const text = fc.oneof(
    fc.array(fc.oneof(piece, word, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 }),
  );

  it('is understood or refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        const error: unknown = await submit(parts.join('')).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(OstlerError);
      }),
      { numRuns: 500 },
    );
  });

  it('full of signs is read in time', () => {
    const started = performance.now();
    for (const sign of ['@', '`', '@"', '@a ', '\\@', '` ``', '`a` @b '])
      findMentions(sign.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
