import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCustomPrompts, promptDirectories } from '../../../src/app/custom-prompts.js';
import { makeHome } from '../../support/ostler.js';

let home: ReturnType<typeof makeHome>;
let user: string;
let project: string;
let warnings: string[];

beforeEach(() => {
  home = makeHome();
  user = path.join(home.dir, 'config/prompts');
  project = path.join(home.dir, 'work/.ostler/prompts');
  for (const dir of [user, project]) mkdirSync(dir, { recursive: true });
  warnings = [];
});
afterEach(() => home.remove());

const load = () =>
  loadCustomPrompts({
    dirs: promptDirectories(path.join(home.dir, 'config'), path.join(home.dir, 'work')),
    onWarning: (message) => warnings.push(message),
  });
const put = (dir: string, name: string, text: string | Buffer) =>
  writeFileSync(path.join(dir, name), text);

describe('custom prompts', () => {
  it('are Markdown files with a description in front', async () => {
    put(
      user,
      'review.md',
      '---\r\ndescription: Looks at\n  code\r\n---\r\n\r\nReview $ARGUMENTS.\r\n',
    );
    put(user, 'plain.md', '\ufeffJust text\n---\nwith a rule');
    put(user, 'notes.txt', 'no prompt');
    expect(await load()).toEqual([
      {
        name: 'plain',
        scope: 'user',
        file: path.join(user, 'plain.md'),
        body: 'Just text\n---\nwith a rule',
      },
      {
        name: 'review',
        scope: 'user',
        file: path.join(user, 'review.md'),
        description: 'Looks at code',
        body: 'Review $ARGUMENTS.',
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of the project win and say where they are from', async () => {
    put(user, 'a.md', 'mine');
    put(project, 'a.md', 'theirs');
    expect(await load()).toMatchObject([{ name: 'a', body: 'theirs', scope: 'project' }]);
  });

  it('are none where there are no directories', async () => {
    const nowhere = promptDirectories('/nonexistent/config', '/nonexistent/work');
    expect(await loadCustomPrompts({ dirs: nowhere })).toEqual([]);
  });

  it.each([
    ['Loud.md', 'text', 'a-z'],
    ['two words.md', 'text', 'a-z'],
    ['..md', 'text', 'a-z'],
    ['-x.md', 'text', 'a-z'],
    ['\u001b[31m.md', 'text', 'a-z'],
    ['empty.md', '---\ndescription: x\n---\n', 'empty'],
    ['binary.md', Buffer.from([104, 0, 105]), 'no text'],
    ['large.md', 'x'.repeat(64 * 1024 + 1), 'larger than 64 KiB'],
    ['broken.md', '---\ndescription: [\n---\ntext', 'front matter'],
  ])('leave out %j with a warning', async (name, text, reason) => {
    put(user, name, text);
    put(user, 'good.md', 'text');
    expect((await load()).map((prompt) => prompt.name)).toEqual(['good']);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(reason);
    expect(warnings[0]).not.toContain('\u001b');
  });

  it('of a project are files of that project', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'ostler-outside-'));
    put(outside, 'secret.md', 'private');
    symlinkSync(path.join(outside, 'secret.md'), path.join(project, 'leak.md'));
    symlinkSync('/dev/zero', path.join(project, 'zero.md'));
    mkdirSync(path.join(project, 'folder.md'));
    put(path.join(home.dir, 'work'), 'common.md', 'inside');
    symlinkSync('../../common.md', path.join(project, 'inside.md'));
    expect((await load()).map(({ name, body }) => `${name}: ${body}`)).toEqual(['inside: inside']);
    expect(warnings).toHaveLength(3);
  });

  it('of a project whose directory is a link out of it are none', async () => {
    const work = path.join(home.dir, 'elsewhere');
    mkdirSync(work);
    put(user, 'mine.md', 'mine');
    symlinkSync(path.join(home.dir, 'config'), path.join(work, '.ostler'));
    const dirs = promptDirectories(path.join(home.dir, 'none'), work);
    expect(await loadCustomPrompts({ dirs })).toEqual([]);
  });

  it('are at most 200 of a directory', async () => {
    for (let count = 0; count < 205; count += 1)
      put(user, `p${String(count).padStart(3, '0')}.md`, 'x');
    expect(await load()).toHaveLength(200);
    expect(warnings[0]).toContain('200');
  });
});
