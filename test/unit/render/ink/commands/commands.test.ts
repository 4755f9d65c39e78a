import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../../../src/core/errors.js';
import { COMMANDS, findCommand } from '../../../../../src/render/ink/commands/index.js';
import { completion, run, TOOLS, type Ran, type RunOptions } from './fakes.js';

interface Case {
  line: string;
  options?: RunOptions;
  /** In what was shown. */
  shows?: readonly (string | RegExp)[];
  /** What the engine was asked, last. */
  asks?: readonly unknown[];
  /** What the screen was told to do. */
  does?: readonly unknown[];
}

const CASES: readonly Case[] = [
  { line: 'help', shows: ['Keys', 'Ctrl+O', '/servers', '/quit (/exit, /bye, /q)'] },
  { line: 'help servers', shows: ['/servers connect <url>', '/servers logs'] },
  { line: 'help /bye', shows: ['/quit'] },
  {
    line: 'servers',
    shows: ['connected without credentials', 'token rejected (401)', '/servers auth docs -H'],
  },
  { line: 'servers list', shows: ['math', '3ms'] },
  {
    line: 'servers connect https://shop.example/mcp -H "Authorization: Bearer s3cr3t-token" -t http',
    asks: [
      'servers.connect',
      'https://shop.example/mcp',
      { header: ['Authorization: Bearer s3cr3t-token'], transport: 'http' },
    ],
    shows: ['12 tools', 'fell back to SSE'],
  },
  { line: 'servers connect docs', asks: ['servers.connect', 'docs', {}] },
  {
    line: 'servers connect -- npx "my server" --port 1',
    asks: ['servers.connect', ['npx', 'my server', '--port', '1'], {}],
  },
  { line: 'servers disconnect math', asks: ['servers.disconnect', 'math'] },
  { line: 'servers reload', asks: ['servers.reload', undefined], shows: ['math: connected'] },
  { line: 'servers reload math', asks: ['servers.reload', 'math'] },
  {
    line: 'servers auth docs',
    shows: ['Authorization', '•••', 'token rejected (401)', 'docs 1.2'],
  },
  {
    line: 'servers auth docs -H "Authorization: Bearer other"',
    asks: ['servers.connect', 'docs', { header: ['Authorization: Bearer other'] }],
  },
  { line: 'servers logs math', shows: ['stderr', 'ready'] },
  { line: 'servers ping math', asks: ['servers.ping', 'math'], shows: ['math: 12ms'] },
  { line: 'servers ping', shows: ['math: 12ms', 'shop: 12ms'] },
  { line: 'servers login docs', asks: ['servers.login', 'docs'], shows: ['docs: connected'] },
  { line: 'servers logout shop', shows: ['is forgotten. Again: /servers login shop'] },
  { line: 'servers logout math', shows: ['There is no login of math.'] },
  { line: 'servers log math warning', asks: ['servers.setLogLevel', 'math', 'warning'] },
  { line: 'mcp', shows: ['math'] },
  { line: 'tools', shows: ['on', 'math/add', 'The tool add.'] },
  { line: 'tools math', shows: ['math/greet'] },
  { line: 'tools greet', shows: ['math__greet', 'readOnlyHint: true', '"type": "object"'] },
  {
    line: 'tools disable math/*',
    asks: ['tools.setEnabled', 'math/*', false],
    shows: ['2 tools off'],
  },
  { line: 'tools enable math/*', asks: ['tools.setEnabled', 'math/*', true] },
  { line: 'prompts', shows: ['/math:explain topic=… [style=…]', '/review'] },
  { line: 'prompts shop', shows: ['There are no prompts.'] },
  { line: 'resources', shows: ['@shop:file:///prices.csv', 'template'] },
  { line: 'resources', shows: ['Subscribed: @shop:file:///prices.csv, 2 changes'] },
  {
    line: 'resources subscribe shop file:///a',
    asks: ['resources.subscribe', 'shop', 'file:///a'],
  },
  { line: 'resources unsubscribe shop file:///prices.csv', shows: ['are told no more'] },
  { line: 'resources unsubscribe shop file:///a', shows: ['There is no subscription'] },
  { line: 'roots', shows: ['/home/me/work', 'shop is told of nothing.'] },
  { line: 'roots add /tmp', asks: ['roots.add', '/tmp'], shows: ['told of /tmp'] },
  { line: 'roots remove /home/me/work', asks: ['roots.remove', '/home/me/work'] },
  { line: 'approve', shows: ['ask', 'math/add', 'changed since'] },
  { line: 'approve auto', asks: ['approvals.setMode', 'auto'], shows: ['warning: Approval'] },
  { line: 'approve forget 1', asks: ['approvals.forget', 'r1'] },
  { line: 'approve forget all', asks: ['approvals.forget', 'all'] },
  { line: 'model qwen3', asks: ['model.use', 'qwen3'], shows: ['qwen3 · tools'] },
  { line: 'model', options: { choose: 1 }, asks: ['model.use', 'qwen3'] },
  { line: 'models', shows: ['4.9 GB', 'in use, loaded', 'qwen3'] },
  { line: 'pull qwen3', shows: ['qwen3 is installed'] },
  { line: 'think high', asks: ['model.setThink', 'high'] },
  { line: 'think', options: { choose: 0 }, asks: ['model.setThink', undefined] },
  { line: 'set', shows: ['num_ctx', '8192'] },
  { line: 'set num_ctx', shows: ['num_ctx: 8192'] },
  { line: 'set temperature 0.2', asks: ['model.setParameter', 'temperature', '0.2'] },
  { line: 'set temperature default', asks: ['model.setParameter', 'temperature', undefined] },
  { line: 'set parameter seed 1', asks: ['model.setParameter', 'seed', '1'] },
  { line: 'system', shows: ['You are brief.'] },
  { line: 'system Be kind.', asks: ['model.setSystem', 'Be kind.'] },
  { line: 'system off', asks: ['model.setSystem', undefined] },
  { line: 'system @role.md', asks: ['model.setSystem', 'content of role.md'] },
  { line: 'context', shows: ['5.1k of 32k tokens, 16 %', 'system', 'results', 'free'] },
  {
    line: 'compact keep names',
    does: ['markdown', 'We talked about **sums**.'],
    shows: ['5.1k → 5.1k tokens'],
  },
  { line: 'clear', asks: ['sessions.startNew'], does: ['clear'] },
  { line: 'new', asks: ['sessions.startNew'] },
  { line: 'sessions', shows: ['release notes', 'Write the notes'] },
  { line: 'resume release', asks: ['sessions.resume', 'release'], does: ['replay'] },
  { line: 'resume', options: { choose: 0 }, asks: ['sessions.resume', '20261120-0900-aaaaaa'] },
  { line: 'rename my talk', asks: ['sessions.rename', 'my talk'] },
  {
    line: 'export html talk.html',
    asks: ['conversation.export', 'html'],
    shows: ['/work/talk.html'],
  },
  { line: 'export talk.json', asks: ['conversation.export', 'json'] },
  { line: 'export', asks: ['conversation.export', 'md'], shows: [/ostler-\d{8}-\d{6}\.md/] },
  { line: 'copy', shows: ['Copied'] },
  { line: 'copy 2', shows: ['Copied 6 characters'] },
  { line: 'copy code', shows: ['Copied 15 characters'] },
  { line: 'retry', asks: ['conversation.undo'], does: ['submit', { text: 'What is 2+3?' }] },
  { line: 'edit', does: ['setInput', 'What is 2+3?'] },
  { line: 'undo', shows: ['Forgotten: What is 2+3?'] },
  { line: 'verbose on', does: ['setVerbose', true] },
  { line: 'verbose', does: ['setVerbose', undefined] },
  { line: 'stats', shows: ['2 in 3 turns', '4.9k read', '43 tokens a second', '4.2s'] },
  { line: 'config', shows: ['model: llama3.1'] },
  { line: 'theme light', does: ['setTheme', 'light'] },
  { line: 'theme', options: { choose: 0 }, does: ['setTheme', 'dark'] },
  {
    line: 'doctor',
    shows: [
      '✓ The model’s host'.replace('’', "'"),
      'can call tools',
      '128k tokens at most',
      '✗ docs token rejected (401)',
      '→ /servers auth docs',
      'Terminal: 80 × 24',
    ],
  },
  { line: 'quit', does: ['exit'] },
  { line: 'bye', does: ['exit'] },
  { line: 'q', does: ['exit'] },
];

function check({ shows = [], asks, does }: Case, { text, chat, screen }: Ran): void {
  for (const part of shows) {
    if (typeof part === 'string') expect(text).toContain(part);
    else expect(text).toMatch(part);
  }
  if (asks !== undefined) expect(chat.calls).toContainEqual(asks);
  if (does !== undefined) expect(screen.did).toContainEqual(does);
  expect(screen.openBusy).toBe(0);
}

describe('each command', () => {
  it.each(CASES)('/$line', async (one) => {
    check(one, await run(one.line, one.options));
  });

  it('is in the table above', () => {
    const ran = new Set(CASES.map(({ line }) => findCommand(line.split(' ')[0] ?? '')?.name));
    expect(COMMANDS.map(({ name }) => name).filter((name) => !ran.has(name))).toEqual([]);
  });

  it('has a name of its own, and forms when it takes words', () => {
    const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    const formless = COMMANDS.filter(
      (command) => command.arguments !== undefined && command.forms === undefined,
    );
    expect(formless).toEqual([]);
  });
});

const unreachable = new OstlerError('server_unreachable', 'nobody there', { server: 'shop' });
const rejected = new OstlerError('auth_rejected', 'token rejected by shop (HTTP 401).', {
  server: 'shop',
  hint: 'Check the header.',
});
const gone = new OstlerError('model_unreachable', 'nothing answers at the host');
const fail = (error: OstlerError) => async (): Promise<never> => {
  throw error;
};

const FAILURES: readonly [line: string, message: RegExp, hint: RegExp, options?: RunOptions][] = [
  ['help servrs', /no command \/servrs; did you mean "servers"/, /\/help/],
  ['servers conect x', /did you mean "connect"/, /list, connect/],
  ['servers connect', /Which server/, /https:/],
  [
    'servers connect https://x.example --hedaer a',
    /--hedaer; did you mean "--header"/,
    /--token-env/,
  ],
  ['servers connect npx server', /too many/, /-- npx/],
  [
    'servers connect https://shop.example',
    /nobody there/,
    /\/servers reload shop/,
    { chat: { servers: { connect: fail(unreachable) } } },
  ],
  [
    'servers connect https://shop.example',
    /token rejected/,
    /^\/servers auth shop -H/,
    { chat: { servers: { connect: fail(rejected) } } },
  ],
  ['servers disconnect maht', /no server "maht"; did you mean "math"/, /math, shop, docs/],
  ['servers reload nope', /no server "nope"/, /math/],
  ['servers auth', /Which server/, /math/],
  ['servers logs math many', /no number of lines/, /logs <name>/],
  [
    'servers ping math',
    /nobody there/,
    /^undefined$/,
    { chat: { servers: { ping: fail(unreachable) } } },
  ],
  ['servers login', /Which server/, /math/],
  ['servers log math', /Which level/, /debug, info/],
  ['servers log math lout', /no level/, /debug, info/],
  ['resources subscribe shop', /Which resource/, /subscribe shop <uri>/],
  ['resources subscribe nope x', /no server "nope"/, /math/],
  ['roots add', /Which directory/, /\/roots add/],
  ['roots remove /tmp', /none of the folders/, /\/home\/me\/work/],
  ['roots ad', /did you mean "add"/, /list, add/],
  ['tools greeet', /no tool "greeet"; did you mean "greet"/, /\/tools/],
  ['tools enable nothing/*', /no tool "nothing/, /\/tools/],
  ['tools disable', /Which tools/, /math\/\*/],
  ['prompts nope', /no server "nope"/, /math/],
  ['resources nope', /no server "nope"/, /math/],
  ['approve sometimes', /no approval mode/, /ask, auto-read/],
  ['approve forget 9', /no rule 9/, /forget 1/],
  ['model nope', /nothing answers/, /undefined/, { chat: { model: { use: fail(gone) } } }],
  ['models', /nothing answers/, /undefined/, { chat: { model: { list: fail(gone) } } }],
  ['pull', /Which model/, /\/pull llama3\.1/],
  ['pull nope', /nothing answers/, /undefined/, { chat: { model: { pull: fail(gone) } } }],
  ['think hihg', /no level; did you mean "high"/, /default, off/],
  [
    'think high',
    /cannot think/,
    /\/model/,
    {
      chat: {
        model: {
          details: async () => ({
            name: 'm',
            tools: true,
            vision: false,
            thinking: false,
            contextLength: 0,
          }),
        },
      },
    },
  ],
  ['set nope 1', /no such parameter/, /undefined/],
  ['system @missing.md', /no such file/, /undefined/],
  ['context', /nothing answers/, /undefined/, { chat: { conversation: { context: fail(gone) } } }],
  ['compact', /nothing answers/, /undefined/, { chat: { conversation: { compact: fail(gone) } } }],
  ['sessions', /nothing answers/, /undefined/, { chat: { sessions: { list: fail(gone) } } }],
  ['resume x', /nothing answers/, /undefined/, { chat: { sessions: { resume: fail(gone) } } }],
  ['rename', /Which name/, /\/rename/],
  ['export htlm', /did you mean "html"/, /md, json, html/],
  ['export talk.pdf', /Which format/, /md\|json\|html/],
  ['copy', /no answer yet/, /Ask/, { chat: { conversation: { answers: () => [] } } }],
  [
    'copy',
    /too many/,
    /\/export/,
    { chat: { conversation: { answers: () => ['x'.repeat(5000)] } } },
  ],
  ['copy 7', /no answer 7/, /1 … 2/],
  [
    'copy code',
    /no block of code/,
    /\/copy/,
    { chat: { conversation: { answers: () => ['plain'] } } },
  ],
  ['retry', /no prompt yet/, /\/resume/, { chat: { conversation: { prompts: () => [] } } }],
  ['edit', /no prompt yet/, /\/resume/, { chat: { conversation: { undo: () => undefined } } }],
  ['undo', /no prompt yet/, /\/resume/, { chat: { conversation: { undo: () => undefined } } }],
  ['verbose maybe', /no switch/, /on, off/],
  ['config', /nothing answers/, /undefined/, { machine: { config: fail(gone) } }],
  ['theme drak', /did you mean "dark"/, /dark, light/],
];

describe('what cannot be done says what to type', () => {
  it.each(FAILURES)('/%s', async (line, message, hint, options) => {
    const error: unknown = await run(line, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OstlerError);
    const { message: said, hint: next } = error as OstlerError;
    expect(said).toMatch(message);
    expect(String(next)).toMatch(hint);
  });

  it('/doctor tells each rung that fails', async () => {
    const { text } = await run('doctor', {
      chat: {
        model: { list: fail(gone), details: fail(gone) },
        servers: { ping: fail(unreachable) },
        tools: { list: () => [] },
        info: { tools: 0 },
      },
    });
    expect(text.match(/nothing answers/g)).toHaveLength(1);
    expect(text).toContain('ollama serve');
    expect(text).toContain('✗ nobody there');
    expect(text).toContain('→ /servers connect https://…');
  });

  it('nothing chosen changes nothing', async () => {
    for (const line of ['model', 'think', 'resume', 'theme']) {
      const { chat, screen } = await run(line);
      expect(chat.calls.filter(([name]) => /use|setThink|sessions\.resume/.test(name))).toEqual([]);
      expect(screen.notes).toEqual([]);
    }
  });

  it('/retry sends the text when a file it names is gone', async () => {
    const { screen } = await run('retry', {
      chat: { conversation: { prompts: () => ['read @missing.txt'] } },
    });
    expect(screen.did).toContainEqual(['submit', { text: 'read @missing.txt' }]);
  });
});

describe('a prompt that comes back', () => {
  it('is asked for again when it is a server’s', async () => {
    const prompts = () => ['/math:explain sums'];
    const { chat, screen } = await run('retry', { chat: { conversation: { prompts } } });
    const asked = { server: 'math', name: 'explain', args: { topic: 'sums' } };
    expect(chat.calls).toContainEqual(['prompts.get', asked]);
    const messages = [{ role: 'user', text: 'Explain sums.' }];
    expect(screen.did).toEqual([['submit', { text: '/math:explain sums', messages }]]);
  });

  it.each([
    ['/help was a word', '//help was a word'],
    ['/usr/bin/x', '/usr/bin/x'],
    ['/math:explain sums', '/math:explain sums'],
    ['plain', 'plain'],
  ])('%s is edited as %s', async (text, input) => {
    const { screen } = await run('edit', { chat: { conversation: { undo: () => text } } });
    expect(screen.did).toEqual([['setInput', input]]);
  });
});

describe('arguments', () => {
  it.each<[line: string, expected: readonly string[]]>([
    ['help ', ['servers', 'quit']],
    ['servers ', ['list', 'connect', 'auth', 'ping']],
    ['servers reload ', ['math', 'shop', 'docs']],
    ['servers connect https://x -', ['--header', '--token-env', '--insecure']],
    ['tools ', ['math/add', 'math', 'enable']],
    ['tools enable ', ['math/*', 'math/greet']],
    ['tools disable ', ['math/add']],
    ['prompts ', ['math']],
    ['resources ', ['shop']],
    ['approve ', ['ask', 'auto-read', 'forget']],
    ['approve forget ', ['1', 'all']],
    ['model ', ['llama3.1', 'qwen3']],
    ['pull ', ['qwen3']],
    ['think ', ['off', 'max']],
    ['set ', ['num_ctx', 'temperature']],
    ['set seed ', ['default']],
    ['resume ', ['"release notes"']],
    ['export ', ['md', 'json', 'html']],
    ['copy ', ['code']],
    ['verbose ', ['on', 'off']],
    ['theme ', ['dark', 'light']],
  ])('/%s', async (line, expected) => {
    expect(await completion(line)).toEqual(expect.arrayContaining([...expected]));
  });

  it.each(['tools enable math/* ', 'approve auto ', 'set seed 1 ', 'servers list ', 'clear '])(
    'nothing behind /%s',
    async (line) => {
      expect(await completion(line)).toEqual([]);
    },
  );

  it('a tool whose name no input should hold is not offered', async () => {
    const bad = { ...TOOLS[0], name: 'a\u001b]0;x\u0007' } as (typeof TOOLS)[number];
    const found = await completion('tools ', { tools: { list: () => [bad] } });
    expect(found.join('')).not.toContain('\u001b');
  });
});
