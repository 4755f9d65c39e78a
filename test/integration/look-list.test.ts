import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBearer, type BearerFixture } from '../servers/bearer.js';
import { LOOK, look, makeBench } from '../support/look.js';
import { runOstler } from '../support/ostler.js';

const TOKEN = 'look-list-token-7f3a';
let bench: ReturnType<typeof makeBench>;
let remote: BearerFixture;
beforeEach(async () => {
  bench = makeBench();
  remote = await startBearer({ token: TOKEN });
});
afterEach(async () => {
  await remote.close();
  bench.remove();
});

/** A config file with these servers, and the words that name it. */
function config(servers: Record<string, unknown>): string[] {
  const file = bench.file('config.json');
  writeFileSync(file, JSON.stringify({ mcpServers: servers }));
  return ['--config', file];
}

const local = { command: process.execPath, args: [LOOK] };
const gone = { url: 'http://127.0.0.1:9/mcp' };

describe('the tools of a server', () => {
  it('are a table', async () => {
    const { code, stdout, stderr } = await look(['tools']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(0, 3)).toMatchInlineSnapshot(`
      [
        "NAME        ARGUMENTS                                                               DESCRIPTION",
        "search_all  query limit? ratio? exact? order? tags? sizes? point? maybe? anything?  The tool search_all.",
        "open        name?                                                                   The tool open.",
      ]
    `);
  });

  it('are what the server sent with --json', async () => {
    const { tools } = JSON.parse((await look(['tools', '--json'])).stdout);
    expect(tools).toHaveLength(10);
    expect(tools[0]).toMatchObject({
      name: 'search_all',
      title: 'Search',
      description: expect.stringContaining('second line'),
      inputSchema: { required: ['query'], additionalProperties: false },
      outputSchema: { type: 'object' },
      annotations: { readOnlyHint: true },
      _meta: { kept: true },
    });
    const one = JSON.parse((await look(['tools', 'open', '--json'])).stdout);
    expect(one).toMatchObject({ name: 'open' });
  });

  it('are told in full one by one', async () => {
    const { stdout } = await runOstler(['tools', 'here', 'search_all', ...config({ here: local })]);
    expect(stdout).toMatchInlineSnapshot(`
      "search_all · Search

      The tool search_all.
      Its second line.

      Arguments
        query: string
          What to look for
        limit: integer, 1 to 10, optional
          How many
        ratio: number, optional
        exact: boolean, optional, default false
        order: "up" | "down" | 3, optional
        tags: array of string, optional
        sizes: array of integer, optional
        point: object, optional
          x: number
            To the right
          y: number, optional
        maybe: integer | null, optional
        anything: any, optional

      As declared by here
        changes nothing (readOnlyHint: true)
        destroys nothing (destructiveHint: false)
        color: "red"

      Returns
        found: integer, optional

      Example
        ostler call here search_all query=text
      "
    `);
  });

  it('may be none', async () => {
    const { code, stdout, stderr } = await look(['resources', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      resources: [{ uri: 'mem://note', size: 6 }, { uri: 'mem://logo' }],
      resourceTemplates: [{ uriTemplate: 'mem://{name}' }],
    });
    const none = await runOstler([
      'prompts',
      `${remote.url}/mcp`,
      '-H',
      `Authorization: Bearer ${TOKEN}`,
    ]);
    expect([none.code, none.stdout]).toEqual([0, '']);
    expect(none.stderr).toContain('has no prompts');
  });

  it.each([
    ['tools', 'opn', 5, 'did you mean "open"?'],
    ['prompts', 'reviw', 2, 'did you mean "review"?'],
    ['resources', 'mem://notes', 2, 'did you mean "mem://note"?'],
  ])('%s %s is misspelt', async (command, name, exitCode, message) => {
    const { code, stdout, stderr } = await look([command, name]);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toContain(message);
  });

  it('are read without a config file when a URL is given', async () => {
    writeFileSync(bench.file('ostler.yaml'), 'mcpServers: [broken');
    const words = ['tools', `${remote.url}/sse`, '--token-env', 'T'];
    const { code, stdout } = await runOstler(words, { cwd: bench.dir, env: { T: TOKEN } });
    expect(code).toBe(0);
    expect(stdout).toContain('add_numbers');
  });
});

describe('all configured servers', () => {
  const auth = () => ({ url: `${remote.url}/mcp`, headers: { Authorization: `Bearer ${TOKEN}` } });

  it('are listed side by side, and one that fails hides no other', async () => {
    const servers = config({ here: local, gone, there: auth(), off: { ...gone, disabled: true } });
    const { code, stdout, stderr } = await runOstler(['tools', ...servers]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^here\nNAME[^]*\n\nthere\nNAME[^]*add_numbers/);
    expect(stderr).toMatch(/✗ gone/);
    expect(stdout + stderr).not.toContain('off');
  });

  it('are one JSON document', async () => {
    const servers = config({ here: local, gone });
    const { code, stdout, stderr } = await runOstler(['tools', '--json', ...servers]);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject([
      { server: 'here', tools: [{ name: 'search_all' }, ...Array.from({ length: 9 }, () => ({}))] },
      { server: 'gone', error: { code: 'server_unreachable' } },
    ]);
  });

  it('that all fail end with the lowest of their codes', async () => {
    const wrong = { url: `${remote.url}/mcp`, headers: { Authorization: 'Bearer wrong' } };
    const servers = config({ gone, wrong });
    const { code, stdout, stderr } = await runOstler(['tools', ...servers]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/✗ gone[^]*✗ wrong/);
    const json = await runOstler(['tools', '--json', ...servers]);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toHaveLength(2);
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'auth_rejected' } });
  });

  it('may be none, which is a wrong usage', async () => {
    const { code, stderr } = await runOstler(['tools', ...config({})]);
    expect(code).toBe(2);
    expect(stderr).toContain('None is configured');
  });

  it('get no header from the command line', async () => {
    const words = ['tools', '-H', 'X-Key: secret-key', ...config({ there: auth() })];
    const { code, stderr } = await runOstler(words);
    expect(code).toBe(2);
    expect(stderr).toContain('which one?');
    expect(remote.seen).toEqual([]);
  });
});

describe('flags about a configured server', () => {
  const entry = (headers: Record<string, string>) => ({
    there: { url: `${remote.url}/mcp`, headers },
  });
  const list = (words: readonly string[], servers: Record<string, unknown>, env = {}) =>
    runOstler(['tools', 'there', ...words, ...config(servers)], { env });

  it('replace a header of the same name and add others', async () => {
    const servers = entry({ authorization: 'Bearer wrong', 'X-Own': 'own' });
    const words = ['-H', `Authorization: Bearer ${TOKEN}`, '-H', 'X-Add: added'];
    expect((await list(words, servers)).code).toBe(0);
    for (const { headers } of remote.seen) {
      expect(headers).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        'x-own': 'own',
        'x-add': 'added',
      });
    }
  });

  it('take a token from a variable, and the transport', async () => {
    const servers = { there: { url: `${remote.url}/sse`, headers: {} } };
    const words = ['--token-env', 'T', '--transport', 'sse', '--protocol', 'legacy'];
    expect((await list(words, servers, { T: TOKEN })).code).toBe(0);
    expect(remote.seen[0]).toMatchObject({ method: 'GET', path: '/sse' });
  });

  it('count only as flags: a variable for URLs sends nothing to it', async () => {
    const env = {
      OSTLER_HEADER: 'X-Other: other',
      OSTLER_TOKEN_ENV: 'OTHER',
      OTHER: 'other-token',
    };
    expect((await list([], entry({ Authorization: `Bearer ${TOKEN}` }), env)).code).toBe(0);
    expect(remote.seen.every(({ headers }) => headers['x-other'] === undefined)).toBe(true);
    expect(JSON.stringify(remote.seen)).not.toContain('other-token');
  });

  it('are wrong for a server that is a command', async () => {
    for (const words of [['-H', 'X: y'], ['--token-env', 'T'], ['--insecure'], ['-t', 'sse']]) {
      const servers = { there: local };
      expect((await list(words, servers, { T: TOKEN })).code).toBe(2);
      expect((await look(['tools', ...words], { env: { T: TOKEN } })).code).toBe(2);
    }
    expect((await list(['-t', 'stdio'], entry({}))).code).toBe(2);
  });
});

describe('what a person should know once', () => {
  it('is on stderr, and not with -q', async () => {
    const words = [
      'tools',
      `${remote.url}/mcp`,
      '-H',
      `Authorization: Bearer ${TOKEN}`,
      '--insecure',
    ];
    const told = await runOstler(words);
    expect([told.code, told.stderr]).toEqual([
      0,
      expect.stringContaining('certificate is not checked'),
    ]);
    const quiet = await runOstler([...words, '-q']);
    expect([quiet.code, quiet.stderr, quiet.stdout]).toEqual([0, '', told.stdout]);
  });

  it('is that a project file is not trusted: nothing of it runs', async () => {
    const entry = { ...local, args: [LOOK], env: bench.variables };
    writeFileSync(bench.file('.mcp.json'), JSON.stringify({ mcpServers: { here: entry } }));
    for (const words of [['tools'], ['tools', 'here'], ['call', 'here', 'open']]) {
      const { code, stderr } = await runOstler(words, { cwd: bench.dir });
      expect(code).toBe(6);
      expect(stderr).toContain('trust');
    }
    expect(bench.logged()).toEqual([]);
  });
});

describe('wrong words', () => {
  it.each([
    [['tools', 'http://127.0.0.1:9/mcp', '--', 'node'], 'two servers'],
    [['call', 'http://127.0.0.1:9/mcp', 'x', '--', 'node'], 'two servers'],
    [['read', 'http://127.0.0.1:9/mcp', 'x://y', '--', 'node'], 'two servers'],
    [['tools', 'a', 'b', 'c'], '"c" is one word too many'],
    [['read', 'a', 'b', 'c'], '"c" is one word too many'],
    [['tools', '--'], 'no command to start'],
    [['call'], 'Which server?'],
    [['read'], 'Which server?'],
    [['prompt'], 'Which server?'],
    [['tools', 'a,b'], 'one server'],
    [['tools', ''], 'one server'],
    [['tools', 'nosuch'], 'No server "nosuch"'],
    [['tools', 'htp://x'], 'only http and https'],
    [['tools', 'http://127.0.0.1:9/mcp', '--timeout', 'soon'], '--timeout'],
    [['tools', 'http://127.0.0.1:9/mcp', '--protocol', '2020'], '--protocol'],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await runOstler(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
