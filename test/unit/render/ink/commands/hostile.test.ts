import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetSecrets, registerSecret } from '../../../../../src/core/redact.js';
import { columnsOf } from '../../../../../src/render/columns.js';
import { createTheme } from '../../../../../src/render/theme.js';
import { findCommand } from '../../../../../src/render/ink/commands/index.js';
import { fakeChat, fakeMachine, fakeScreen, SERVERS, TOOLS, type Overrides } from './fakes.js';

const SECRET = 'tok-7f3a9b2c4d';
/** What a server may call its things: a title, the clipboard, a cleared screen, bidi, a secret, wide and endless text. */
const EVIL = `\u001b]0;owned\u0007\u001b]52;c;aGk=\u0007\u001b[2J\u009b3J\r\b‮evil‬ 😀漢字漢字 ${SECRET} ${'w'.repeat(300)}\nline`;

const evilServer = {
  name: EVIL,
  status: 'failed' as const,
  tools: 1,
  transport: 'http' as const,
  protocol_version: EVIL,
  notice: EVIL,
  error: { code: 'server_failed' as const, message: EVIL, hint: EVIL },
};
const evilLogin = {
  ...evilServer,
  error: { code: 'auth_required' as const, message: EVIL, hint: EVIL },
};
const evilTool = {
  ...(TOOLS[0] as (typeof TOOLS)[number]),
  server: EVIL,
  name: EVIL,
  title: EVIL,
  alias: EVIL,
  description: EVIL,
  inputSchema: { type: 'object', description: EVIL },
  annotations: { title: EVIL, evil: EVIL },
};
const evilModel = {
  name: EVIL,
  tools: false,
  vision: true,
  thinking: true,
  contextLength: 9,
};
const evilSession = {
  id: EVIL,
  name: EVIL,
  updated: EVIL,
  model: EVIL,
  prompts: 1,
  title: EVIL,
  cwd: EVIL,
};

const HOSTILE: Overrides = {
  roots: {
    list: () => [{ uri: EVIL, path: EVIL, name: EVIL }],
    consents: () => [{ server: EVIL, allowed: true }],
  },
  info: { sessionId: EVIL, sessionName: EVIL, servers: [evilServer] },
  servers: {
    list: () => [evilServer, evilLogin, { ...evilServer, status: 'connected' }, ...SERVERS],
    details: async () => ({
      status: evilServer,
      address: EVIL,
      identity: EVIL,
      instructions: EVIL,
      headers: [[EVIL, EVIL]],
      prompts: 0,
      resources: 0,
    }),
    connect: async () => ({ ...evilServer, status: 'connected' }),
    reload: async () => [evilServer],
    logs: () => [{ timestamp: EVIL, level: EVIL, text: EVIL }],
  },
  tools: { list: () => [evilTool, ...TOOLS] },
  prompts: {
    list: async () => [
      {
        server: EVIL,
        name: EVIL,
        title: EVIL,
        description: EVIL,
        arguments: [{ name: EVIL, description: EVIL, required: true }],
      },
    ],
  },
  resources: {
    list: async () => [
      { server: EVIL, uri: EVIL, name: EVIL, description: EVIL, mimeType: EVIL, template: false },
    ],
    subscriptions: () => [{ server: EVIL, uri: EVIL, updates: 1 }],
  },
  approvals: {
    rules: async () => [{ id: EVIL, server: EVIL, tool: EVIL, scope: 'always', since: EVIL }],
  },
  model: {
    name: EVIL,
    host: EVIL,
    list: async () => [{ name: EVIL, parameters: EVIL, quantization: EVIL }],
    details: async () => evilModel,
    use: async () => evilModel,
    parameters: () => ({ [EVIL]: EVIL }),
    system: () => EVIL,
    pull: async (_name, onProgress) => onProgress({ status: EVIL, total: 10, completed: 99 }),
  },
  conversation: { undo: () => EVIL },
  sessions: { list: async () => [evilSession], resume: async () => evilSession },
};

const LINES = [
  'help',
  'help servers',
  'servers',
  'servers connect docs',
  'servers reload',
  'servers auth docs',
  'servers logs docs',
  'servers ping',
  'tools',
  'tools add',
  'tools disable math/*',
  'prompts',
  'resources',
  'approve',
  'approve forget 1',
  `model ${EVIL}`,
  'models',
  `pull ${EVIL}`,
  'think high',
  'set',
  `set temperature ${EVIL}`,
  'system',
  `system ${EVIL}`,
  'context',
  'sessions',
  'resume x',
  `rename ${EVIL}`,
  `export md ${EVIL}`,
  'undo',
  'stats',
  'config',
  'doctor',
];

/** Any escape but SGR, any other control character, any bidi control. */
const UNSAFE = new RegExp(
  String.raw`\u001b(?!\[[\d;]*m)|[\u0000-\u0009\u000b-\u001a\u001c-\u001f\u007f-\u009f‪-‮⁦-⁩]`,
);

async function shown(line: string, columns: number, screenReader: boolean) {
  const space = line.indexOf(' ');
  const name = space < 0 ? line : line.slice(0, space);
  const args = space < 0 ? '' : line.slice(space + 1);
  const frame = { columns, screenReader, theme: createTheme('dark', true) };
  const screen = fakeScreen({ frame });
  const command = findCommand(name);
  await command?.run(args, {
    chat: fakeChat(HOSTILE),
    screen,
    machine: fakeMachine({ config: async () => EVIL, writeNew: async () => EVIL }),
    signal: new AbortController().signal,
  });
  return screen;
}

beforeEach(() => registerSecret(SECRET));
afterEach(forgetSecrets);

describe.each([
  [79, false],
  [23, false],
  [9, false],
  [40, true],
])('in %i columns (screen reader: %s)', (columns, screenReader) => {
  it.each(LINES.map((line) => [line.slice(0, 12), line] as const))(
    '/%j shows nothing that acts, and fits',
    async (_name, line) => {
      const { rows, notes, busyTexts } = await shown(line, columns, screenReader);
      expect(rows.length + notes.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(row).not.toMatch(UNSAFE);
        expect(row).not.toContain('\n');
        expect(columnsOf(row)).toBeLessThanOrEqual(columns);
      }
      const all = [...rows, ...notes.map(([, text]) => text), ...busyTexts].join('');
      expect(all).not.toContain(SECRET);
      // The screen sanitises notes and busy lines once more; names in them are safe already.
      expect(all).not.toContain('\u001b]');
    },
  );
});

it('no style reaches beyond its row', async () => {
  for (const line of ['servers', 'tools', 'context', 'doctor', 'help']) {
    const { rows } = await shown(line, 60, false);
    for (const row of rows) {
      const open = [...row.matchAll(/\u001b\[(\d+)m/g)].map(([, code]) => Number(code));
      const ends = open.filter((code) => [22, 27, 39, 24, 23, 29].includes(code)).length;
      expect(ends * 2).toBe(open.length);
    }
  }
});
