import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/app/sessions/store.js';
import type { ChatMessage } from '../../src/core/messages.js';
import { makeHome, runOstler, type RunOptions } from '../support/ostler.js';

const HOSTILE = 'red \u001b[31m\u001b]0;owned\u0007 \u202e\n\ttitle';

let home: ReturnType<typeof makeHome>;
let work: string;
let dir: string;

beforeEach(() => {
  home = makeHome();
  work = path.join(home.dir, 'work');
  dir = path.join(home.dir, 'state/data/sessions');
  mkdirSync(work);
});
afterEach(() => home.remove());

const ostler = (args: readonly string[], options: RunOptions = {}) =>
  runOstler(args, {
    cwd: work,
    ...options,
    env: { OSTLER_HOME: path.join(home.dir, 'state'), ...options.env },
  });

interface Written {
  cwd?: string;
  name?: string;
  /** Milliseconds since 1970. */
  at?: number;
  text?: string;
}

async function write(id: string, { cwd = work, name, at = Date.now(), text = 'Hi' }: Written = {}) {
  const store = createSessionStore({ dir, cwd, now: () => at });
  const file = store.create({ id, model: 'llama3.1' });
  const messages: ChatMessage[] = [
    { role: 'user', content: text },
    { role: 'assistant', content: `You said ${text}` },
  ];
  for (const message of messages) file.append(message);
  if (name !== undefined) file.rename(name);
  await file.close();
}

describe('ostler sessions list', () => {
  it('tells those of this directory, newest first, and of all', async () => {
    const now = Date.now();
    await write('aaa-1', { at: now - 3 * 86_400_000, text: 'What is MCP?' });
    await write('bbb-2', { at: now - 7_200_000, name: 'release' });
    await write('ccc-3', { cwd: '/elsewhere' });
    const { stdout, stderr, code } = await ostler(['sessions']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trimEnd().replaceAll(/ {2,}/g, '|'))).toEqual([
      'ID|AGE|PROMPTS|MODEL|TITLE',
      'bbb-2|2 h|1|llama3.1|release',
      'aaa-1|3 d|1|llama3.1|What is MCP?',
      '',
    ]);
    const all = await ostler(['sessions', 'list', '--all', '--json']);
    expect(JSON.parse(all.stdout)).toMatchObject([
      { id: 'ccc-3', name: null, prompts: 1, model: 'llama3.1', title: 'Hi', cwd: '/elsewhere' },
      { id: 'bbb-2', name: 'release' },
      { id: 'aaa-1' },
    ]);
  });

  it('says that there are none', async () => {
    const { stdout, stderr, code } = await ostler(['sessions', 'list']);
    expect([stdout, code]).toEqual(['', 0]);
    expect(stderr).toContain('--all');
    expect((await ostler(['sessions', 'list', '--json'])).stdout).toBe('[]\n');
    expect(readdirSync(home.dir)).toEqual(['work']);
  });

  it('writes out what hides in titles, names and directories', async () => {
    await write('aaa-1', { text: HOSTILE, cwd: `/tmp/${HOSTILE}` });
    for (const args of [
      ['list', '--all'],
      ['list', '--all', '--json'],
      ['show', 'aaa-1'],
    ]) {
      const { stdout } = await ostler(['sessions', ...args]);
      expect(stdout).toContain('owned');
      // oxlint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('ostler sessions show', () => {
  it('tells what it is and what was said', async () => {
    await write('aaa-1', { name: 'My talk' });
    const { stdout, code } = await ostler(['sessions', 'show', 'my talk']);
    expect(code).toBe(0);
    expect(stdout).toContain('Name        My talk\n');
    expect(stdout).toContain('## You\n\nHi\n\n## llama3.1\n\nYou said Hi\n');
    const json = await ostler(['sessions', 'show', 'aaa', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      id: 'aaa-1',
      messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant' }],
    });
  });

  it.each([
    [['show', 'nope'], 'no session'],
    [['show', 'a'], 'Several'],
    [['show', '../../../../etc/passwd'], 'no session file'],
    [['show'], 'missing required argument'],
    [['rm', 'nope'], 'no session'],
    [['rm'], '--older-than'],
    [['rm', 'aaa-1', '--older-than', '1d'], '--older-than'],
    [['rm', '--older-than', 'soon'], 'age'],
    [['export', 'aaa-1', '--format', 'pdf'], 'pdf'],
    [['frob'], 'too many arguments'],
  ])('ends wrong usage with 2: %j', async (args, words) => {
    await write('aaa-1');
    await write('aab-2');
    const { stdout, stderr, code } = await ostler(['sessions', ...args]);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain(words);
    expect(readdirSync(dir)).toHaveLength(2);
  });

  it('tells a failure as JSON', async () => {
    const { stderr, code } = await ostler(['sessions', 'show', 'nope', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'usage', hint: expect.any(String) as string },
    });
  });
});

describe('ostler sessions export', () => {
  it('writes to stdout, or to a new private file', async () => {
    await write('aaa-1');
    const { stdout } = await ostler(['sessions', 'export', 'aaa-1', '--format', 'html']);
    expect(stdout).toMatch(/^<!DOCTYPE html>/);
    const written = await ostler(['sessions', 'export', 'aaa-1', '-o', 'talk.json']);
    expect([written.stdout, written.stderr]).toEqual(['', 'Written: talk.json\n']);
    const file = path.join(work, 'talk.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: 'aaa-1' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await ostler([
      'sessions',
      'export',
      'aaa-1',
      '-o',
      'talk.json',
      '--format',
      'md',
    ]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('--force');
    expect(readFileSync(file, 'utf8')).toMatch(/^\{/);
    const forced = await ostler([
      'sessions',
      'export',
      'aaa-1',
      '-o',
      'talk.json',
      '--format',
      'md',
      '--force',
      '--json',
    ]);
    expect(JSON.parse(forced.stdout)).toMatchObject({ file, format: 'md' });
    expect(readFileSync(file, 'utf8')).toMatch(/^# Hi\n/);
  });

  it('says why it cannot write', async () => {
    await write('aaa-1');
    const { code, stderr } = await ostler(['sessions', 'export', 'aaa-1', '-o', 'no/such/dir.md']);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be written');
  });
});

describe('ostler sessions rm', () => {
  it('removes by id and by age', async () => {
    const old = Date.now() - 40 * 86_400_000;
    await write('new-1');
    await write('new-2');
    await write('old-3', { at: old });
    await write('old-4', { at: old, cwd: '/elsewhere' });
    const byId = await ostler(['sessions', 'rm', 'new-2', 'nope']);
    expect(byId.code).toBe(2);
    expect(byId.stderr).toContain('Removed: 1 session.');
    const byAge = await ostler(['sessions', 'rm', '--older-than', '30d', '--json']);
    expect(JSON.parse(byAge.stdout)).toEqual({ removed: ['old-3'], failed: [] });
    expect(readdirSync(dir).toSorted()).toEqual(['new-1.jsonl', 'old-4.jsonl']);
    await ostler(['sessions', 'rm', '--older-than', '30d', '--all']);
    expect(readdirSync(dir)).toEqual(['new-1.jsonl']);
  });

  it('leaves one that is open elsewhere', async () => {
    await write('aaa-1');
    const { file } = await createSessionStore({ dir, cwd: work }).open('aaa-1');
    const { code, stderr } = await ostler(['sessions', 'rm', 'aaa-1']);
    expect(code).toBe(2);
    expect(stderr).toContain(`process ${process.pid}`);
    // Reading is not writing.
    expect((await ostler(['sessions', 'show', 'aaa-1'])).code).toBe(0);
    await file.close();
    expect((await ostler(['sessions', 'rm', 'aaa-1'])).code).toBe(0);
  });

  it('takes no notice of a process that died', async () => {
    await write('aaa-1');
    const owner = {
      pid: 2 ** 22 + 1,
      host: (await import('node:os')).hostname(),
      since: Date.now(),
    };
    writeFileSync(path.join(dir, 'aaa-1.jsonl.lock'), JSON.stringify(owner));
    expect((await ostler(['sessions', 'rm', 'aaa-1'])).code).toBe(0);
    expect(readdirSync(dir)).toEqual([]);
  });
});
