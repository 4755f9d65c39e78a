import { afterEach, describe, expect, it } from 'vitest';
import { closeTerminals, openTerminal } from '../../support/terminal.js';

afterEach(closeTerminals);

const run = (script: string, columns = 20, rows = 5) =>
  openTerminal(['-e', script], { file: process.execPath, columns, rows });

describe('the terminal of the tests', () => {
  it('shows the screen, keeps what scrolled away, and tells the exit', async () => {
    const terminal = run('for (let i = 0; i < 9; i += 1) console.log(`row ${i}`); process.exit(3)');
    expect(await terminal.exit).toEqual({ code: 3, signal: 0 });
    expect(terminal.scrollback()).toEqual(Array.from({ length: 9 }, (_, at) => `row ${at}`));
    expect(terminal.screen()).toEqual(['row 5', 'row 6', 'row 7', 'row 8', '']);
    expect(terminal.cursor()).toEqual({ x: 0, y: 4 });
  });

  it('types, pastes and resizes', async () => {
    const terminal = run(`
      process.stdin.setRawMode(true);
      process.stdin.on('data', (data) => console.log(JSON.stringify(String(data))));
      process.stdout.on('resize', () => console.log(process.stdout.columns));
      console.log('ready');`);
    await terminal.waitFor('ready');
    terminal.press('ctrl+c', 'alt+enter');
    await terminal.waitFor(String.raw`\u0003`);
    await terminal.waitFor(String.raw`\u001b\r`);
    terminal.paste('x');
    await terminal.waitFor(/200~x.*\n?.*201~/);
    terminal.resize(33, 7);
    await terminal.waitFor('33');
    expect(terminal.screen()).toHaveLength(7);
  });

  it('knows title, clipboard, modes, and answers questions as a terminal does', async () => {
    const terminal = run(String.raw`
      process.stdin.setRawMode(true);
      process.stdout.write('\x1b]2;hello\x07\x1b]52;c;aGk=\x07\x1b[?25l\x1b[?2004h\x1b[?2004l\x1b[c');
      process.stdin.once('data', (data) => console.log(JSON.stringify(String(data))));`);
    await terminal.waitFor(String.raw`"\u001b[?`);
    expect(terminal.title()).toBe('hello');
    expect(terminal.clipboardWrites()).toEqual(['hi']);
    expect([25, 2004, 1049].map(terminal.mode)).toEqual([false, false, undefined]);
  });

  it('gives wide characters two cells and joined emoji no more', async () => {
    const terminal = run(`process.stdout.write('日👩‍👩‍👧é|'); setInterval(() => {}, 1000)`);
    await terminal.waitFor('|');
    expect(terminal.cursor().x).toBe(6);
  });

  it('says what stood on the screen when the wait was for nothing', async () => {
    const terminal = run('console.log("something else")');
    await expect(terminal.waitFor('never')).rejects.toThrow(/program ended.*something else/s);
  });

  it('ends a program that does not end', async () => {
    const terminal = run('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
    await terminal.close();
    expect(await terminal.exit).toMatchObject({ signal: 9 });
  });

  it('takes megabytes', async () => {
    const terminal = run(
      // It stays: a terminal whose program has ended may drop what nobody has read.
      `process.stdout.write('x'.repeat(5e6) + '\\r\\n', () => console.log('done'));
      setInterval(() => {}, 1000)`,
    );
    await terminal.waitFor('done');
    expect(terminal.bytes().length).toBeGreaterThan(5e6);
  });
});
