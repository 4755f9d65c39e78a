import { describe, expect, it } from 'vitest';
import type { AgentEventBody } from '../../../src/core/events.js';
import { renderJson } from '../../../src/render/json.js';
import { renderStreamJson } from '../../../src/render/stream-json.js';
import { renderText } from '../../../src/render/text.js';
import { at, init, render, result, RUN, says } from './fixtures.js';

const FAILED: AgentEventBody[] = [
  init([
    {
      name: 'docs',
      status: 'failed',
      tools: 0,
      error: { code: 'auth_rejected', message: 'docs rejects the token.', hint: 'Give another.' },
    },
    { name: 'old', status: 'connected', tools: 1, notice: 'SSE was used.' },
  ]),
  { type: 'log', level: 'warning', message: 'A key is ignored.' },
  { type: 'error', severity: 'warning', code: 'server_failed', message: 'A server went.' },
  says('Half', true),
  {
    type: 'error',
    severity: 'error',
    code: 'model_broke_off',
    message: 'It broke off.\nAt the second line.',
    hint: 'Try again.',
  },
  result('Half', {
    status: 'error',
    error: { code: 'model_broke_off', message: 'It broke off.', hint: 'Try again.' },
  }),
];

describe('text', () => {
  it('in a pipe is the last answer and nothing else', async () => {
    const { stdout, stderr, result: last } = await render(renderText, RUN);
    expect(stdout).toBe('It is 5.\n');
    expect(stderr).toBe('');
    expect(last).toEqual(at(result('It is 5.')));
  });

  it('on a terminal flows, turn by turn, with the calls between', async () => {
    const { stdout, stderr } = await render(renderText, RUN, { terminal: 'both' });
    expect(stdout).toBe('I will add.\nIt is 5.\n');
    expect(stderr).toBe('✓ math.add(a=2, b="3") 12 ms → 5\n');
  });

  it('into a pipe, watched on a terminal, shows the calls there', async () => {
    const { stdout, stderr } = await render(renderText, RUN, { terminal: 'stderr' });
    expect(stdout).toBe('It is 5.\n');
    expect(stderr).toBe('✓ math.add(a=2, b="3") 12 ms → 5\n');
  });

  it('verbose tells everything, also into a pipe, and stdout stays the same', async () => {
    const { stdout, stderr } = await render(renderText, RUN, { level: 'verbose' });
    expect(stdout).toBe('It is 5.\n');
    expect(stderr).toBe(
      [
        '✓ math: connected (sse, 2024-11-05, 2 tools, 5 ms)',
        '✓ math.add(a=2, b="3") 12 ms → 5',
        'a detail',
        '',
      ].join('\n'),
    );
  });

  it('does not break a line for what it does not tell', async () => {
    const { stdout } = await render(renderText, RUN, { terminal: 'both' });
    expect(stdout).toContain('It is 5.');
    const loud = await render(renderText, RUN, { terminal: 'both', level: 'verbose' });
    expect(loud.stdout).toBe('I will add.\nIt is\n 5.\n');
  });

  it.each([
    ['', ''],
    ['one\n', 'one\n'],
    ['one\n\ntwo', 'one\n\ntwo\n'],
    ['naïve 漢字 🦆', 'naïve 漢字 🦆\n'],
    ['\ttabs\tstay', '\ttabs\tstay\n'],
    ['a\r\nb', 'a\nb\n'],
    ['\u001b[2J', '\\x1b[2J\n'],
  ])('of %j in a pipe is %j', async (response, expected) => {
    const { stdout } = await render(renderText, [init(), result(response)]);
    expect(stdout).toBe(expected);
  });

  it('that is cut anywhere is the same text', async () => {
    const text = 'A\r\nfamily 👨‍👩‍👧 and a flag 🏳️‍🌈, \u001b]0;title\u0007 done';
    for (const size of [1, 2, 3, 100]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const events = [
        init(),
        ...pieces.map((piece) => says(piece, true)),
        says(text, false),
        result(text),
      ];
      const { stdout } = await render(renderText, events, { terminal: 'both' });
      expect(stdout).toBe('A\nfamily 👨‍👩‍👧 and a flag 🏳️‍🌈, \\x1b]0;title\\x07 done\n');
    }
  });

  it('of a failure keeps the part that came, and tells what happened and what to do', async () => {
    const { stdout, stderr } = await render(renderText, FAILED);
    expect(stdout).toBe('Half\n');
    expect(stderr).toBe(
      [
        '! docs: docs rejects the token.',
        '  → Give another.',
        '  old: SSE was used.',
        '! A key is ignored.',
        '! A server went.',
        '✗ It broke off.',
        '  At the second line.',
        '  → Try again.',
        '',
      ].join('\n'),
    );
    const terminal = await render(renderText, FAILED, { terminal: 'both' });
    expect(terminal.stdout).toBe('Half\n');
  });

  it('quiet tells errors only', async () => {
    const { stdout, stderr } = await render(renderText, FAILED, {
      level: 'quiet',
      terminal: 'both',
    });
    expect(stdout).toBe('Half\n');
    expect(stderr).toBe('✗ It broke off.\n  At the second line.\n  → Try again.\n');
    const fine = await render(renderText, RUN, { level: 'quiet', terminal: 'stderr' });
    expect(fine).toMatchObject({ stdout: 'It is 5.\n', stderr: '' });
  });

  it('marks every end of a call', async () => {
    const ends = (['success', 'error', 'denied', 'cancelled'] as const).flatMap(
      (status, index): AgentEventBody[] => [
        { type: 'tool_use', tool_id: `${index}`, server: '', tool_name: 'x', parameters: {} },
        { type: 'tool_result', tool_id: `${index}`, status, output: ' a\nb ', duration_ms: 1500 },
      ],
    );
    const { stderr } = await render(renderText, [...ends, result('')], { terminal: 'stderr' });
    expect(stderr.split('\n')).toEqual([
      '✓ x() 1.5 s → a\\nb',
      '✗ x() 1.5 s → a\\nb',
      '⊘ x() 1.5 s → a\\nb',
      '‒ x() 1.5 s → a\\nb',
      '',
    ]);
  });

  it('shortens what is long', async () => {
    const long: AgentEventBody[] = [
      {
        type: 'tool_use',
        tool_id: '1',
        server: 's',
        tool_name: 'x',
        parameters: { q: 'a'.repeat(5000) },
      },
      {
        type: 'tool_result',
        tool_id: '1',
        status: 'success',
        output: '🦆'.repeat(90_000),
        duration_ms: 1,
      },
      result(''),
    ];
    const { stderr } = await render(renderText, long, { terminal: 'stderr' });
    expect([...stderr].length).toBeLessThan(270);
    expect(stderr).toContain(`${'🦆'.repeat(79)}…`);
  });

  it('is coloured on stderr alone, and only when asked to', async () => {
    const { stdout, stderr } = await render(renderText, FAILED, { color: true, terminal: 'both' });
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toContain('\u001b[31m✗ It broke off.\u001b[39m');
    const plain = await render(renderText, FAILED, { terminal: 'both' });
    expect(plain.stderr).not.toContain('\u001b');
  });
});

describe('json', () => {
  it('is one document: the result', async () => {
    for (const level of ['quiet', 'normal', 'verbose'] as const) {
      for (const terminal of ['none', 'both'] as const) {
        const { stdout } = await render(renderJson, RUN, { level, terminal, color: true });
        expect(stdout.endsWith('}\n')).toBe(true);
        expect(stdout.trimEnd()).not.toContain('\n');
        expect(JSON.parse(stdout)).toEqual(at(result('It is 5.')));
      }
    }
  });

  it('holds the error; the warnings go to stderr, the error line is the caller’s', async () => {
    const { stdout, stderr } = await render(renderJson, FAILED);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'error',
      error: { code: 'model_broke_off' },
    });
    expect(stderr).toContain('! A server went.');
    expect(stderr).not.toContain('It broke off.');
  });
});

describe('stream-json', () => {
  it('is every event, one a line, init first and result last', async () => {
    for (const events of [RUN, FAILED]) {
      const { stdout, stderr } = await render(renderStreamJson, events, { level: 'verbose' });
      const lines = stdout.split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events.map(at));
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'init' });
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'result' });
      expect(stderr).toBe('');
    }
  });
});
