import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PNG } from '../servers/sample-tools.js';
import { behind, look, makeBench } from '../support/look.js';
import { runOstler } from '../support/ostler.js';

let bench: ReturnType<typeof makeBench>;
beforeEach(() => {
  bench = makeBench();
});
afterEach(() => bench.remove());

/** The arguments that arrive. */
async function sent(words: readonly string[], stdin?: string): Promise<unknown> {
  const options = stdin === undefined ? {} : { stdin };
  const { stdout, stderr } = await look(['call', 'search_all', ...words], options);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('arguments of a call', () => {
  it('are typed by the schema', async () => {
    expect(
      await sent([
        'query=5',
        'limit=5',
        'ratio=-1.5e2',
        'exact=true',
        'order=3',
        'tags=a',
        'tags=b',
        'sizes=[1, 2]',
        'point={"x": 1}',
        'maybe=null',
        'anything=7',
      ]),
    ).toEqual({
      query: '5',
      limit: 5,
      ratio: -150,
      exact: true,
      order: 3,
      tags: ['a', 'b'],
      sizes: [1, 2],
      point: { x: 1 },
      maybe: null,
      anything: '7',
    });
  });

  it('are JSON with a colon, files with an @, and texts with two', async () => {
    writeFileSync(bench.file('q.txt'), 'from\na file');
    writeFileSync(bench.file('n.json'), '[1,2]');
    const files = [`query=@${bench.file('q.txt')}`, `sizes:=@${bench.file('n.json')}`];
    expect(await sent([...files, 'anything:={"a":[1]}', 'tags=@@home'])).toEqual({
      query: 'from\na file',
      sizes: [1, 2],
      anything: { a: [1] },
      tags: ['@home'],
    });
  });

  it('come from --args, a file or stdin, and name=value wins', async () => {
    const json = '{"query": "a", "limit": 1}';
    writeFileSync(bench.file('args.json'), json);
    const expected = { query: 'b', limit: 1 };
    expect(await sent(['query=b', '--args', json])).toEqual(expected);
    expect(await sent(['query=b', '--args', `@${bench.file('args.json')}`])).toEqual(expected);
    expect(await sent(['query=b', '--args', '-'], json)).toEqual(expected);
    expect(await sent(['query=@-'], 'piped')).toEqual({ query: 'piped' });
  });

  it('are checked before anything is sent', async () => {
    const words = ['call', 'search_all', 'qurey=x', 'limit=eleven', 'point.x=1'];
    const { code, stdout, stderr } = await runOstler([...words, ...behind(bench.variables)]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('query is missing (string: What to look for)');
    expect(stderr).toContain('qurey is unknown; did you mean "query"?');
    expect(stderr).toContain(`point.x is unknown; an object is given as JSON: point:='{"x": …}'`);
    expect(stderr).toContain('limit must be integer (got "eleven")');
    expect(stderr).toContain('--no-validate');
    expect(bench.logged()).toEqual(['closed']);
  });

  it('are sent as they are with --no-validate', async () => {
    expect(await sent(['limit=eleven', 'more=1', '--no-validate'])).toEqual({
      limit: 'eleven',
      more: '1',
    });
  });

  it('that a schema neither declares nor forbids are sent, and told', async () => {
    const odd = await look(['call', 'open', 'zebra=1']);
    expect(JSON.parse(odd.stdout)).toEqual({ zebra: '1' });
    expect(odd.stderr).toContain('zebra is no argument that the tool declares');
    const near = await look(['call', 'open', 'nmae=1']);
    expect([near.code, near.stdout]).toEqual([2, '']);
    expect(near.stderr).toContain('did you mean "name"?');
  });

  it.each([
    [['search_all', 'query'], '"query" is no argument'],
    [['search_all', '{"query":1}'], '--args'],
    [['search_all', '=x'], '"=x" is no argument'],
    [['search_all', 'query:={'], 'query:= is no JSON'],
    [['search_all', 'query=@'], 'which file?'],
    [['search_all', 'query=@/does/not/exist'], 'there is no such file'],
    [['search_all', 'query=a', 'query=b'], 'is given 2 times'],
    [['search_all', '--args', '[1]'], 'no JSON object'],
    [['search_all', '--args', 'nonsense'], '--args is no JSON'],
    [['search_all', '--args', '-', 'query=@-'], 'stdin can be read once only'],
    [[], 'Which tool?'],
  ])('%j is a wrong usage', async (words, message) => {
    const { code, stdout, stderr } = await look(['call', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('named like parts of an object do no harm', async () => {
    const { stdout } = await look(['call', 'nothing', '__proto__=1', 'constructor=2', '--json']);
    expect(JSON.parse(stdout)).toEqual({ content: [] });
    const raw = await look(['call', 'open', '__proto__=1', 'toString=2', '--no-validate']);
    expect(raw.stdout).toBe('{"__proto__":"1","toString":"2"}\n');
  });
});

describe('the result of a call', () => {
  it('is told piece by piece', async () => {
    const { code, stdout, stderr } = await look(['call', 'several']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "before
      [image/png, 70 B]
      [audio/wav, 4 B]
      [mem://b, application/octet-stream, 3 B]
      [link note: mem://note]
      after
      "
    `);
  });

  it('is its structured content where there is no text', async () => {
    const { stdout } = await look(['call', 'table']);
    expect(JSON.parse(stdout)).toEqual({ found: 2, rows: [1, 2] });
    expect((await look(['call', 'nothing'])).stdout).toBe('');
  });

  it('is shown with a warning when its structure is not what the tool promised', async () => {
    const sent = { content: [{ type: 'text', text: 'two' }], structuredContent: { found: 2 } };
    const words = ['call', 'raw', `result:=${JSON.stringify(sent)}`];
    const { code, stdout, stderr } = await look(words);
    expect([code, stdout]).toEqual([0, 'two\n']);
    expect(stderr).toContain(
      'raw: its result does not fit its output schema: found must be string.',
    );
    expect((await look([...words, '--no-validate'])).stderr).toBe('');
  });

  it('is the raw answer with --json', async () => {
    const result = {
      content: [{ type: 'text', text: 'x', annotations: { priority: 1 } }],
      _meta: { kept: 1 },
    };
    const { stdout } = await look(['call', 'raw', `result:=${JSON.stringify(result)}`, '--json']);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual(result);
    expect(JSON.parse((await look(['call', 'picture', '--json'])).stdout).content[0].data).toBe(
      PNG,
    );
  });

  it('that is an error ends with 5', async () => {
    const { code, stdout, stderr } = await look(['call', 'fail']);
    expect([code, stdout]).toEqual([5, 'it went wrong\n']);
    expect(stderr).toContain('fail reported an error');
    const json = await look(['call', 'fail', '--json']);
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toMatchObject({ isError: true });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'tool_error' } });
  });

  it('is harmless in a pipe, unless it is wanted raw', async () => {
    const evil = 'a\u001b[2Jb\u202e';
    const words = ['call', 'open', `name=${evil}`, '--no-validate'];
    const result = { content: [{ type: 'text', text: evil }] };
    const raw = ['call', 'raw', `result:=${JSON.stringify(result)}`];
    expect((await look(raw)).stdout).toBe('a\\x1b[2Jb\\u{202e}\n');
    expect((await look([...raw, '--raw'])).stdout).toBe(evil);
    expect((await look([...words, '--json'])).stdout).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('a tool that is not there', () => {
  it.each([
    ['search-all', 'search_all'],
    ['SEARCH_ALL', 'search_all'],
    ['pictur', 'picture'],
    ['search', 'search_all'],
  ])('%s is %s misspelt', async (name, meant) => {
    const { code, stderr } = await look(['call', name]);
    expect(code).toBe(5);
    expect(stderr).toContain(`did you mean "${meant}"?`);
    expect(stderr).toContain('ostler tools -- env');
  });

  it('is told as JSON', async () => {
    const { code, stderr } = await look(['call', 'xyz', '--json']);
    expect(code).toBe(5);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'tool_not_found' } });
  });
});

describe('--output', () => {
  const png = Buffer.from(PNG, 'base64');
  const save = (words: readonly string[], target: string, more: readonly string[] = []) =>
    runOstler(['call', ...words, '-o', target, ...more, ...behind(bench.variables)], {
      cwd: bench.dir,
    });

  it('saves one thing to a file', async () => {
    const { code, stdout, stderr } = await save(['picture'], 'a.png');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toBe('Saved: a.png (image/png, 70 B)\n');
    expect(readFileSync(bench.file('a.png'))).toEqual(png);
  });

  it('numbers several, and the text stays on stdout', async () => {
    const { stdout } = await save(['several'], 'a.bin');
    expect(stdout).toBe('before\n[link note: mem://note]\nafter\n');
    expect(readFileSync(bench.file('a-1.bin'))).toEqual(png);
    expect(readFileSync(bench.file('a-3.bin'))).toEqual(Buffer.from([0, 1, 2]));
  });

  it('names files in a directory itself, and goes on counting', async () => {
    await save(['several'], bench.dir);
    await save(['picture'], bench.dir);
    await save(['picture'], '.');
    for (const name of ['several-1.png', 'several-2.wav', 'several-3.bin']) {
      expect(readFileSync(bench.file(name)).length).toBeGreaterThan(0);
    }
    expect(readFileSync(bench.file('picture-2.png'))).toEqual(png);
  });

  it('writes over nothing, and calls nothing then', async () => {
    writeFileSync(bench.file('mine'), 'mine');
    symlinkSync(bench.file('mine'), bench.file('link'));
    symlinkSync(bench.file('elsewhere'), bench.file('nowhere'));
    for (const target of ['mine', 'link', './mine', 'nowhere']) {
      const { code, stderr } = await save(['picture'], target);
      expect(code).toBe(2);
      expect(stderr).toContain('exists already');
    }
    expect(readFileSync(bench.file('mine'), 'utf8')).toBe('mine');
    expect(bench.logged()).toEqual([]);
  });

  it.each(['', ' ', '-', 'a\u001b[2J', 'no/such/directory/a.png', 'new/'])(
    'refuses %j',
    async (target) => {
      const { code, stderr } = await save(['picture'], target);
      expect(code).toBe(2);
      expect(stderr).toContain('--output');
      expect(stderr).not.toContain('\u001b');
    },
  );

  it('leaves bytes to a pipe with --raw', async () => {
    let bytes = Buffer.alloc(0);
    const run = look(['call', 'picture', '--raw'], {
      onSpawn: (child) =>
        child.stdout?.on('data', (chunk: Buffer) => {
          bytes = Buffer.concat([bytes, chunk]);
        }),
    });
    expect((await run).code).toBe(0);
    expect(bytes).toEqual(png);
  });
});

describe('progress and logs', () => {
  it('are lines with -v, and nothing without', async () => {
    const { stdout, stderr } = await look(['call', 'steps', '-v']);
    expect(stdout).toBe('done\n');
    expect(stderr).toContain('… 2/3 step 2\n');
    expect(stderr).toContain('info: called steps');
    expect(stderr).toContain('stderr: look is up');
    expect((await look(['call', 'steps'])).stderr).toBe('');
  });
});
