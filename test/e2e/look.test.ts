import { afterEach, describe, expect, it } from 'vitest';
import { behind } from '../support/look.js';
import { closeTerminals, openTerminal } from '../support/terminal.js';

afterEach(closeTerminals);

const ESC = '\u001b';

describe('on a terminal', () => {
  it.each([30, 60, 100])('a table fits %i columns', async (columns) => {
    const terminal = openTerminal(['tools', ...behind({ SAY: '漢字の長い説明'.repeat(9) })], {
      columns,
    });
    expect((await terminal.exit).code).toBe(0);
    const rows = terminal.scrollback().filter((row) => row !== '');
    // Nothing was wrapped: a header and ten tools.
    expect(rows).toHaveLength(11);
    expect(rows[0]).toMatch(/^NAME/);
  });

  it('progress is a line that is drawn over and gone at the end', async () => {
    const terminal = openTerminal(['call', 'steps', ...behind()]);
    await terminal.waitFor(/… [123]\/3 step/);
    expect((await terminal.exit).code).toBe(0);
    expect(terminal.scrollback().filter((row) => row !== '')).toEqual(['done']);
  });

  it('progress is silent with -q, and plain on a dumb terminal', async () => {
    for (const [words, env] of [
      [['-q'], {}],
      [[], { TERM: 'dumb' }],
    ] as const) {
      const terminal = openTerminal(['call', 'steps', ...words, ...behind()], { env });
      await terminal.exit;
      expect(terminal.bytes().toString()).toBe('done\r\n');
    }
  });

  it('no server writes to it, whatever is asked for', async () => {
    const evil = JSON.stringify({ content: [{ type: 'text', text: `${ESC}[2J${ESC}]0;x\u0007` }] });
    const words = ['call', 'raw', `result:=${evil}`, '--raw', '--color', 'never'];
    const terminal = openTerminal([...words, ...behind()]);
    await terminal.exit;
    expect(terminal.bytes().toString()).not.toContain(ESC);
    expect(terminal.screen()[0]).toContain(String.raw`\x1b[2J`);
  });

  it('no bytes are written to it either', async () => {
    const terminal = openTerminal(['read', 'mem://logo', '--raw', ...behind()]);
    expect((await terminal.exit).code).toBe(2);
    expect(terminal.screen().join('\n')).toContain('--output FILE');
  });
});
