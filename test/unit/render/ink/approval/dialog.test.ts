import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApprovalAnswer } from '../../../../../src/core/chat.js';
import { forgetSecrets, registerSecret } from '../../../../../src/core/redact.js';
import { createApprovalDialog } from '../../../../../src/render/ink/approval/dialog.js';
import { hostile } from '../hostile.js';
import { faults, frameOf } from '../transcript/fixtures.js';
import { key, openDialog, REQUEST, typed } from './fixtures.js';

afterEach(forgetSecrets);

describe('the keys', () => {
  const answers: readonly (readonly [string, ApprovalAnswer])[] = [
    ['y', { kind: 'once' }],
    ['1', { kind: 'once' }],
    ['s', { kind: 'tool-session' }],
    ['2', { kind: 'tool-session' }],
    ['a', { kind: 'tool-always' }],
    ['3', { kind: 'tool-always' }],
    ['S', { kind: 'server-session' }],
    ['4', { kind: 'server-session' }],
  ];
  it.each(answers)('%s', (text, answer) => {
    expect(openDialog().press(typed(text))).toEqual(answer);
  });

  it('Esc and Ctrl+C refuse and stop', () => {
    expect(openDialog().press(key('escape'))).toEqual({ kind: 'stop' });
    expect(openDialog().press(key('c', { ctrl: true }))).toEqual({ kind: 'stop' });
  });

  it('arrows and Enter choose; the first is chosen before', () => {
    const down = key('down');
    expect(openDialog().press(key('enter'))).toEqual({ kind: 'once' });
    expect(openDialog().press(down, key('enter'))).toEqual({ kind: 'tool-session' });
    expect(openDialog().press(key('up'), key('up'), key('enter'))).toEqual({
      kind: 'server-session',
    });
    expect(openDialog().press(down, down, down, down, down, key('enter'))).toEqual({
      kind: 'once',
    });
  });

  it.each(['Y', 'yes', 'yy', '6', '0', ' ', '', 'x', '1\n'])('%j is no answer', (text) => {
    expect(openDialog().press(typed(text))).toBeUndefined();
  });

  it('a paste is no answer', () => {
    expect(openDialog().press(key('paste', { text: 'y' }))).toBeUndefined();
    expect(openDialog().press(key('y', { ctrl: true }))).toBeUndefined();
    expect(openDialog().press(key('y', { alt: true }))).toBeUndefined();
  });

  it('"always" is not offered for what is declared destructive, and the numbers stay', () => {
    const screen = openDialog({ mayAlways: false });
    expect(screen.press(typed('3'))).toBeUndefined();
    expect(screen.press(typed('a'))).toBeUndefined();
    expect(screen.press(typed('4'))).toEqual({ kind: 'server-session' });
    expect(screen.text()).toContain('3. Never always: its server declares it destructive');
    const down = key('down');
    expect(screen.press(down, down, key('enter'))).toEqual({ kind: 'server-session' });
  });

  it('n and 5 ask for a reason, which the model reads', () => {
    const screen = openDialog();
    expect(screen.press(typed('n'))).toBeUndefined();
    expect(screen.text()).toContain('No, because …');
    expect(screen.view().cursor).toEqual({ x: 2, y: 1 });
    expect(screen.press(typed(' not  there '), key('enter'))).toEqual({
      kind: 'deny',
      reason: 'not there',
    });
    expect(openDialog().press(typed('5'), key('enter'))).toEqual({ kind: 'deny' });
  });

  it('Esc leads from the reason back to the choices', () => {
    const screen = openDialog();
    expect(screen.press(typed('n'), typed('1'), key('escape'))).toBeUndefined();
    expect(screen.text()).toContain('❯ 1. Yes, once');
    expect(screen.press(typed('1'))).toEqual({ kind: 'once' });
  });
});

describe('keys typed ahead', () => {
  it('answer nothing for 300 ms from the first drawing', () => {
    let now = 0;
    const dialog = createApprovalDialog(REQUEST, { now: () => now });
    expect(dialog.key(typed('y'))).toBeUndefined();
    now = 5000;
    expect(dialog.key(typed('y'))).toBeUndefined();
    dialog.rows(20, frameOf());
    for (const at of [5000, 5100, 5299]) {
      now = at;
      for (const each of [typed('y'), key('enter'), key('escape'), typed('n')]) {
        expect(dialog.key(each)).toBeUndefined();
      }
    }
    dialog.rows(20, frameOf());
    now = 5300;
    expect(dialog.key(typed('y'))).toEqual({ kind: 'once' });
  });

  it('answer nothing when another question takes the place', () => {
    const screen = openDialog();
    screen.press(typed('n'));
    screen.dialog.update({ ...REQUEST, tool: 'delete_repo' });
    expect(screen.press(typed('y'))).toBeUndefined();
    expect(screen.text()).toContain('delete_repo');
    screen.pass(299);
    expect(screen.press(typed('y'))).toBeUndefined();
    screen.pass(1);
    expect(screen.press(typed('y'))).toEqual({ kind: 'once' });
  });
});

describe('editing the arguments', () => {
  const enter = key('enter');
  const clear = [
    key('end', { ctrl: true }),
    ...Array.from({ length: 12 }, () => key('u', { ctrl: true })),
  ];

  it('sends what was written', () => {
    const screen = openDialog({ args: { x: 1 } });
    screen.press(typed('e'));
    expect(screen.text()).toContain('"x": 1');
    expect(screen.press(...clear, typed('{"x":2}'), enter)).toEqual({
      kind: 'once',
      args: { x: 2 },
    });
  });

  it('sends the model’s own when nothing was changed', () => {
    expect(openDialog().press(typed('e'), enter)).toEqual({ kind: 'once' });
  });

  it.each([
    ['{"x":', 'Not JSON'],
    ['[1]', 'have to be an object'],
    ['"x"', 'have to be an object'],
  ])('tells in place what is wrong with %s', (text, problem) => {
    const screen = openDialog({ args: { x: 1 } });
    expect(screen.press(typed('e'), ...clear, typed(text), enter)).toBeUndefined();
    expect(screen.text()).toContain(problem);
    expect(screen.press(key('escape'))).toBeUndefined();
    expect(screen.press(typed('1'))).toEqual({ kind: 'once' });
  });

  it('shows what cannot be seen, and keeps it', () => {
    const args = { text: 'a\u202eb\u001b[2Jc\u{e0041}👨‍👩‍👧' };
    const screen = openDialog({ args });
    screen.press(typed('e'));
    expect(faults(screen.rows(), 80)).toEqual([]);
    expect(screen.text()).toContain(String.raw`a\u202eb\u001b[2Jc\udb40\udc41`);
    expect(screen.press(typed(' '), enter)).toEqual({ kind: 'once', args });
  });

  it('never shows a secret, and sends it where it was not touched', () => {
    registerSecret('hunter2-hunter2');
    const args = { deep: [{ token: 'Bearer hunter2-hunter2' }], x: 1 };
    const screen = openDialog({ args });
    expect(screen.text()).toContain('token: "Bearer [REDACTED]"');
    screen.press(typed('e'));
    expect(screen.text()).not.toContain('hunter2');
    expect(screen.press(typed(' '), enter)).toEqual({ kind: 'once', args });
  });

  it('says why edited arguments could not be sent', () => {
    const screen = openDialog({ problem: '/x must be number' });
    expect(screen.text()).toContain('✗ These arguments cannot be sent: /x must be number');
  });
});

describe('what is shown', () => {
  it('names the tool, what its server declares, and every argument', () => {
    expect(openDialog({}, { columns: 100 }).rows()).toEqual([
      'Allow tool call?  github › create_issue   [writes · open world] as declared by the server',
      '│ title: "Flicker"',
      '│ labels: ["bug", "ui"]',
      '│ body: (2 lines)',
      '│   ┆ It flickers.',
      '│   ┆ Always.',
      '❯ 1. Yes, once                           (y / 1)',
      '  2. Yes, this tool for this session     (s / 2)',
      '  3. Yes, always for this tool           (a / 3)  until it changes; /approve forgets',
      '  4. All tools of "github" this session  (S / 4)',
      '  5. No, and tell the model why          (n / 5)',
      '  e edit arguments · Esc = no and stop the turn · Ctrl+O description and schema',
    ]);
  });

  it('says it in words to a screen reader', () => {
    const rows = openDialog({ changed: true }, { columns: 79, screenReader: true }).rows();
    expect(rows.slice(1, 5)).toEqual([
      '[writes · open world] as declared by the server',
      'Warning: This tool changed since you allowed it.',
      'argument: title: "Flicker"',
      'argument: labels: ["bug", "ui"]',
    ]);
    expect(rows).toContain('argument:   text: Always.');
    expect(rows).toContain('> 1. Yes, once (y)');
    expect(rows.join('')).not.toMatch(/[│┆❯]/);
  });

  it('warns of a changed tool, of invisible characters, and of others that wait', () => {
    const args = { 'a\u200b': 'x\u202ey\u001b', b: ['\u{e0041}\u{e0042}'] };
    const text = openDialog({ changed: true, args }, { waiting: 3 }).text();
    expect(text).toContain('! This tool changed since you allowed it.');
    expect(text).toContain('! 5 invisible characters in the arguments.');
    expect(text).toContain('2 more questions after this one');
    expect(text).toContain(String.raw`"a\u{200b}": "x\u{202e}y\u001b"`);
  });

  it('believes no annotation that is no plain yes or no', () => {
    const annotations = { readOnlyHint: 'yes', destructiveHint: 1, title: '[read-only]' };
    expect(openDialog({ annotations }).rows()[0]).toBe(
      'Allow tool call?  github › create_issue   [effects not declared]',
    );
    const all = { readOnlyHint: true, destructiveHint: true, idempotentHint: true };
    expect(openDialog({ annotations: all }, { columns: 120 }).rows()[0]).toContain(
      '[read-only · destructive · idempotent] as declared by the server',
    );
  });

  it('shows description and schema with Ctrl+O, and hides them again', () => {
    const screen = openDialog({}, { maxRows: 60 });
    screen.press(key('o', { ctrl: true }));
    const rows = screen.rows();
    for (const row of [
      'description:',
      '│ In a repository.',
      '│     type: "string"',
      '│ title: "Create an issue"',
    ]) {
      expect(rows).toContain(row);
    }
    screen.press(key('o', { ctrl: true }));
    expect(screen.rows()).not.toContain('description:');
  });

  it('says that there are no arguments', () => {
    expect(openDialog({ args: {} }).rows()).toContain('│ (no arguments)');
  });

  it('marks every row of an argument that looks like the dialog', () => {
    const fake = '❯ 1. Yes, once\nAllow tool call?  github › get_issue';
    const screen = openDialog({ args: { [fake]: fake, b: { c: fake } }, description: fake });
    screen.press(key('o', { ctrl: true }));
    const rows = screen.rows().filter((row) => row.includes('Yes, once'));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter((row) => !row.startsWith('│ '))).toEqual([
      expect.stringMatching(/^❯ 1\. Yes, once +\(y \/ 1\)$/),
    ]);
  });
});

describe('many arguments', () => {
  const args = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, index]));

  it('are paged, never cut', () => {
    const screen = openDialog({ args }, { maxRows: 16 });
    const seen = new Set<string>();
    for (let page = 0; page < 10; page += 1) {
      for (const row of screen.rows()) if (row.startsWith('│ ')) seen.add(row);
      screen.press(key('pagedown'));
    }
    expect([...seen]).toEqual(Object.keys(args).map((name, index) => `│ ${name}: ${index}`));
    expect(screen.text()).toContain('of 40');
    screen.press(key('home'));
    expect(screen.text()).toContain('lines 1–7 of 40');
    screen.press(key('right'), key('right'), key('left'));
    expect(screen.text()).toContain('lines 8–14 of 40');
    screen.press(key('end'));
    expect(screen.text()).toContain('lines 34–40 of 40');
  });

  it('and long values are complete in rows that fit', () => {
    const value = Array.from({ length: 3000 }, (_, index) => `w${index}`).join(' ');
    const screen = openDialog({ args: { value } }, { columns: 40, maxRows: 1000 });
    const text = screen
      .rows()
      .filter((row) => row.startsWith('│ '))
      .map((row) => row.slice(2))
      .join('');
    expect(text).toBe(`value: "${value}"`);
  });
});

describe('little room', () => {
  const sizes = [
    [23, 8],
    [23, 12],
    [40, 9],
    [79, 20],
    [199, 58],
  ] as const;
  it.each(sizes)('leaves all choices and some arguments at %i × %i', (columns, maxRows) => {
    const screen = openDialog({ changed: true, problem: 'x' }, { columns, maxRows });
    const text = screen.text();
    for (const number of ['1', '2', '3', '4', '5']) {
      expect(text).toMatch(new RegExp(String.raw`(?:^|\s)${number}\.? \w`, 'm'));
    }
    expect(text).toContain('│ ');
    expect(text).toContain('Esc');
    expect(screen.rows().length).toBeLessThanOrEqual(maxRows);
    expect(screen.press(typed('2'))).toEqual({ kind: 'tool-session' });
  });

  it('shows names in full among the arguments when the title cannot', () => {
    const tool = 'a_tool_with_quite_a_long_name_indeed';
    const rows = openDialog({ tool }, { columns: 23, maxRows: 30 }).rows();
    const shown = rows
      .filter((row) => row.startsWith('│ '))
      .map((row) => row.slice(2))
      .join('');
    expect(shown).toContain(`tool: "${tool}"`);
  });

  const field = fc.record({
    server: hostile,
    tool: hostile,
    title: hostile,
    description: hostile,
    problem: fc.option(hostile, { nil: undefined }),
    text: hostile,
    changed: fc.boolean(),
    mayAlways: fc.boolean(),
  });
  const keys = fc.array(
    fc.constantFrom('down', 'pagedown', 'right', 'ctrl+o', 'e', 'n', 'enter', 'x', 'escape'),
    { maxLength: 8 },
  );

  it('holds for hostile text in every field, any size, any keys', () => {
    const property = fc.property(
      field,
      keys,
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 0, max: 40 }),
      fc.boolean(),
      ({ text, problem, ...request }, names, columns, maxRows, screenReader) => {
        const screen = openDialog(
          {
            ...request,
            ...(problem === undefined ? {} : { problem }),
            args: { [text]: text, list: [text, { [text]: [text] }] },
            inputSchema: { [text]: text },
            annotations: { readOnlyHint: text, [text]: text },
          },
          { columns, maxRows, screenReader },
        );
        for (const name of names) {
          const { rows, cursor } = screen.view();
          expect(rows.length).toBeLessThanOrEqual(maxRows);
          expect(faults(rows, columns)).toEqual([]);
          if (cursor !== undefined) expect(cursor.x).toBeLessThanOrEqual(columns);
          if (name === 'ctrl+o') screen.press(key('o', { ctrl: true }));
          else screen.press(name.length === 1 ? typed(name) : key(name));
        }
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});
