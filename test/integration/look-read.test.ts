import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PNG } from '../servers/sample-tools.js';
import { behind, look, makeBench } from '../support/look.js';
import { runOstler } from '../support/ostler.js';

const png = Buffer.from(PNG, 'base64');
let bench: ReturnType<typeof makeBench>;
beforeEach(() => {
  bench = makeBench();
});
afterEach(() => bench.remove());

/** Stdout of a run as bytes. */
async function bytesOf(words: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await look(words, {
    onSpawn: (child) => child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk)),
  });
  return Buffer.concat(chunks);
}

describe('read', () => {
  it('writes a text as it is', async () => {
    const { code, stdout, stderr } = await look(['read', 'mem://note']);
    expect([code, stdout, stderr]).toEqual([0, 'a note', '']);
  });

  it('writes several one after the other', async () => {
    expect((await look(['read', 'mem://both'])).stdout).toBe(
      'one\n[mem://../../logo, image/png, 70 B]\ntwo\n',
    );
  });

  it('keeps bytes to itself until they are wanted', async () => {
    const { code, stdout, stderr } = await look(['read', 'mem://logo']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--output FILE');
    expect(await bytesOf(['read', 'mem://logo', '--raw'])).toEqual(png);
  });

  it('saves under names of its own, whatever the URI says', async () => {
    const save = (uri: string, target: string) =>
      runOstler(['read', uri, '-o', target, ...behind()], { cwd: bench.dir });
    expect((await save('mem://logo', 'logo.png')).code).toBe(0);
    expect((await save('mem://both', '.')).stderr).toMatch(/resource-1\.txt[^]*resource-2\.png/);
    expect(readFileSync(bench.file('logo.png'))).toEqual(png);
    expect(readFileSync(bench.file('resource-2.png'))).toEqual(png);
    expect(readFileSync(bench.file('resource-3.txt'), 'utf8')).toBe('two\n');
  });

  it('is the raw answer with --json', async () => {
    expect(JSON.parse((await look(['read', 'mem://logo', '--json'])).stdout)).toEqual({
      contents: [{ uri: 'mem://logo', mimeType: 'image/png', blob: PNG }],
    });
  });

  it('tells what was meant, and what is broken', async () => {
    const near = await look(['read', 'mem://nte']);
    expect([near.code, near.stdout]).toEqual([4, '']);
    expect(near.stderr).toMatch(/no mem:\/\/nte[^]*Did you mean mem:\/\/note\?/);
    expect((await look(['read', 'file:///etc/passwd'])).stderr).toContain('See what there is');
    const broken = await look(['read', 'mem://broken']);
    expect([broken.code, broken.stdout]).toEqual([4, '']);
    expect(broken.stderr).toContain('no contents that can be read');
  });
});

describe('prompt', () => {
  it('writes its messages', async () => {
    const { code, stdout } = await look(['prompt', 'review', 'file=a=b']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "user: Review {"file":"a=b"}
        assistant: ok

      assistant: [image/png, 70 B]
      "
    `);
    const { messages } = JSON.parse((await look(['prompt', 'review', 'file=5', '--json'])).stdout);
    expect(messages[0].content.text).toContain('{"file":"5"}');
    expect(messages[1].content.data).toBe(PNG);
  });

  it.each([
    [[], ['file is missing (Which file)']],
    [['fle=x'], ['file is missing', 'fle is unknown; did you mean "file"?']],
    [['file=a', 'file=b'], ['file is given twice']],
    [['file:=1'], ['arguments of a prompt are texts']],
    [['file'], ['"file" is no argument']],
  ])('refuses %j', async (words, messages) => {
    const { code, stdout, stderr } = await look(['prompt', 'review', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    for (const message of messages) expect(stderr).toContain(message);
  });

  it('knows no other', async () => {
    const { code, stderr } = await look(['prompt', 'reviev', 'file=a']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "review"?');
  });
});
