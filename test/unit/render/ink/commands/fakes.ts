import type { Chat, ToolView } from '../../../../../src/core/chat.js';
import { OstlerError } from '../../../../../src/core/errors.js';
import type { AgentEvent, ServerStatus } from '../../../../../src/core/events.js';
import { createTheme } from '../../../../../src/render/theme.js';
import { findCommand } from '../../../../../src/render/ink/commands/index.js';
import type { Frame, Machine, Screen } from '../../../../../src/render/ink/types.js';

/** An engine that remembers what it was asked; parts of it can be replaced. */

type Part = Exclude<keyof Chat, 'send' | 'abort' | 'subscribe' | 'close'>;
export type Overrides = { [K in Part]?: Partial<Chat[K]> };

export const SERVERS: readonly ServerStatus[] = [
  { name: 'math', status: 'connected', tools: 2, transport: 'stdio', era: 'legacy', latency_ms: 3 },
  { name: 'shop', status: 'connected', tools: 1, transport: 'http', credentials: 'none' },
  {
    name: 'docs',
    status: 'failed',
    tools: 0,
    transport: 'sse',
    error: { code: 'auth_rejected', message: 'token rejected by docs (HTTP 401).', status: 401 },
  },
];

export const TOOLS: readonly ToolView[] = ['add', 'greet'].map((name) => ({
  server: 'math',
  name,
  alias: `math__${name}`,
  description: `The tool ${name}. It has a second sentence.`,
  inputSchema: { type: 'object', properties: { n: { type: 'number' } } },
  annotations: { readOnlyHint: true },
  enabled: name === 'add',
}));

const ABLE = { tools: true, vision: false, thinking: true };
const DETAILS = { name: 'llama3.1', ...ABLE, contextLength: 131_072, defaultNumCtx: 4096 };

export interface FakeChat extends Chat {
  /** `part.method` and its arguments, without signals. */
  calls: [string, ...unknown[]][];
  emit: (event: AgentEvent) => void;
}

function defaults() {
  return {
    info: {
      sessionId: '20261123-1405-abcdef',
      model: 'llama3.1',
      approval: 'ask' as const,
      servers: SERVERS,
      tools: 1,
      usedTokens: 5234,
      contextTokens: 32_768,
      evalRate: 43,
    },
    servers: {
      list: () => SERVERS,
      details: async (name: string) => ({
        status: SERVERS.find((server) => server.name === name) as ServerStatus,
        address: 'https://docs.example.com/sse',
        identity: 'docs 1.2',
        headers: [['Authorization', 'Bearer •••']] as const,
        prompts: 1,
        resources: 2,
      }),
      connect: async (target: string | readonly string[]) => ({
        name: String(target),
        status: 'connected' as const,
        tools: 12,
        transport: 'http' as const,
        notice: 'fell back to SSE',
      }),
      disconnect: async () => {},
      reload: async () => SERVERS.slice(0, 1),
      logs: () => [{ timestamp: '2026-11-23T14:05:12.000Z', level: 'stderr', text: 'ready' }],
      ping: async () => 12,
      login: async (name: string) => ({ name, status: 'connected' as const, tools: 3 }),
      logout: async (name: string) => name === 'shop',
      setLogLevel: async () => {},
    },
    tools: { list: () => TOOLS, setEnabled: (pattern: string) => (pattern === 'math/*' ? 2 : 0) },
    prompts: {
      list: async () => [
        {
          server: 'math',
          name: 'explain',
          description: 'Explains a sum',
          arguments: [
            { name: 'topic', required: true, description: 'what about' },
            { name: 'style', required: false },
          ],
        },
        { server: 'math', name: 'hello', arguments: [] },
      ],
      get: async () => [{ role: 'user' as const, text: 'Explain sums.' }],
      complete: async () => ['addition', 'division by zero'],
    },
    resources: {
      list: async () => [
        { server: 'shop', uri: 'file:///prices.csv', name: 'prices', template: false },
        { server: 'shop', uri: 'item://{id}', name: 'item', template: true },
      ],
      read: async (server: string, uri: string) => [
        { kind: 'text' as const, name: `${server}:${uri}`, text: 'a;b' },
      ],
      subscribe: async () => {},
      unsubscribe: async (_server: string, uri: string) => uri === 'file:///prices.csv',
      subscriptions: () => [{ server: 'shop', uri: 'file:///prices.csv', updates: 2 }],
    },
    roots: {
      list: () => [{ uri: 'file:///home/me/work', path: '/home/me/work', name: 'work' }],
      consents: () => [{ server: 'shop', allowed: false }],
      add: async (path: string) => ({ uri: `file://${path}`, path }),
      remove: async (path: string) => path === '/home/me/work',
    },
    approvals: {
      mode: () => 'ask' as const,
      setMode: () => {},
      rules: async () => [
        {
          id: 'r1',
          server: 'math',
          tool: 'add',
          scope: 'always' as const,
          since: '2026-11-01T00:00:00.000Z',
          stale: true,
        },
      ],
      forget: async () => 1,
    },
    model: {
      name: 'llama3.1',
      host: 'http://127.0.0.1:11434',
      list: async () => [
        { name: 'llama3.1', size: 4_900_000_000, parameters: '8B', loaded: true },
        { name: 'qwen3', size: 5_200_000_000 },
      ],
      details: async () => DETAILS,
      use: async (name: string) => ({ ...DETAILS, name }),
      pull: async (_name: string, onProgress: (progress: { status: string }) => void) => {
        onProgress({ status: 'pulling', completed: 45, total: 100 } as { status: string });
      },
      parameters: () => ({ num_ctx: 8192 }),
      setParameter: (name: string) => {
        if (name === 'nope') throw new OstlerError('usage', 'no such parameter');
      },
      think: () => undefined,
      setThink: () => {},
      system: () => 'You are brief.',
      setSystem: () => {},
    },
    conversation: {
      messages: () => [],
      context: async () => ({
        system: 320,
        tools: 900,
        history: 3000,
        results: 1000,
        total: 5220,
        counted: 5234,
        window: 32_768,
      }),
      compact: async () => 'We talked about **sums**.',
      undo: () => 'What is 2+3?',
      prompts: () => ['Hello', 'What is 2+3?'],
      answers: () => ['First.', 'It is:\n```ts\nconst five = 5;\n```\nDone.'],
      export: (format: string) => `exported as ${format}`,
      stats: () => ({
        prompts: 2,
        turns: 3,
        toolCalls: 1,
        inputTokens: 5000,
        outputTokens: 200,
        busyMs: 4200,
      }),
    },
    sessions: {
      list: async () => [
        {
          id: '20261120-0900-aaaaaa',
          name: 'release notes',
          updated: '2026-11-20T09:00:00.000Z',
          model: 'qwen3',
          prompts: 4,
          title: 'Write the notes',
          cwd: '/home/me/work',
        },
      ],
      resume: async (id: string) => ({
        id,
        updated: '2026-11-20T09:00:00.000Z',
        model: 'qwen3',
        prompts: 4,
        title: 'Write the notes',
        cwd: '/home/me/work',
      }),
      startNew: () => {},
      rename: async () => {},
    },
  };
}

export function fakeChat(overrides: Overrides = {}): FakeChat {
  const calls: FakeChat['calls'] = [];
  const listeners = new Set<(event: AgentEvent) => void>();
  const parts: Record<string, unknown> = {};
  for (const [part, value] of Object.entries(defaults())) {
    const merged: Record<string, unknown> = { ...value, ...overrides[part as Part] };
    for (const [name, member] of Object.entries(merged)) {
      if (typeof member !== 'function') continue;
      merged[name] = (...args: unknown[]): unknown => {
        calls.push([`${part}.${name}`, ...args.filter((arg) => !(arg instanceof AbortSignal))]);
        return (member as (...all: unknown[]) => unknown)(...args);
      };
    }
    parts[part] = merged;
  }
  const chat = {
    ...parts,
    calls,
    emit: (event: AgentEvent) => listeners.forEach((listener) => listener(event)),
    subscribe: (listener: (event: AgentEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return chat as unknown as FakeChat;
}

export interface FakeScreen extends Screen {
  rows: string[];
  notes: [string, string][];
  errors: unknown[];
  /** Everything else, by method. */
  did: [string, ...unknown[]][];
  busyTexts: string[];
  /** Lines of `busy` that were not ended. */
  openBusy: number;
}

export interface ScreenAnswers {
  frame?: Partial<Frame>;
  choose?: number | undefined;
  ask?: string | undefined;
}

export function fakeFrame(frame: Partial<Frame> = {}): Frame {
  return {
    columns: 79,
    rows: 24,
    theme: createTheme('dark', false),
    screenReader: false,
    hyperlinks: false,
    now: 0,
    ...frame,
  };
}

export function fakeScreen({ frame, choose, ask }: ScreenAnswers = {}): FakeScreen {
  const did: FakeScreen['did'] = [];
  const record =
    (name: string) =>
    (...args: unknown[]): void =>
      void did.push([name, ...args]);
  const screen: FakeScreen = {
    rows: [],
    notes: [],
    errors: [],
    did,
    busyTexts: [],
    openBusy: 0,
    frame: () => fakeFrame(frame),
    print: (rows) => void screen.rows.push(...rows),
    markdown: record('markdown'),
    note: (level, text) => void screen.notes.push([level, text]),
    error: (error) => void screen.errors.push(error),
    submit: record('submit'),
    setInput: record('setInput'),
    choose: async (title, choices) => {
      did.push(['choose', title, choices]);
      return choose;
    },
    ask: async (label, description) => {
      did.push(['ask', label, description]);
      return ask;
    },
    busy: (text) => {
      screen.busyTexts.push(text);
      screen.openBusy += 1;
      return {
        update: (next) => void screen.busyTexts.push(next),
        end: () => void (screen.openBusy -= 1),
      };
    },
    clear: record('clear'),
    replay: record('replay'),
    setVerbose: (on) => {
      did.push(['setVerbose', on]);
      return on ?? true;
    },
    setTheme: record('setTheme'),
    expand: record('expand'),
    exit: record('exit'),
  };
  return screen;
}

export interface FakeMachine extends Machine {
  written: [path: string, text: string][];
  copied: string[];
  listed: string[];
}

const FILES: Readonly<Record<string, readonly string[]>> = {
  '.': ['.env', 'README.md', 'my notes.txt', 'src/'],
  'src/': ['index.ts', 'menu.ts'],
};

export function fakeMachine(overrides: Partial<Machine> = {}): FakeMachine {
  const machine: FakeMachine = {
    cwd: '/work',
    written: [],
    copied: [],
    listed: [],
    shell: async () => ({ code: 0, signal: undefined }),
    edit: async (text) => text,
    readFile: async (path) => {
      if (path.includes('missing')) throw new OstlerError('usage', 'there is no such file');
      return { kind: 'text', name: path, text: `content of ${path}` };
    },
    listDirectory: async (path) => {
      machine.listed.push(path);
      return FILES[path] ?? [];
    },
    writeNew: async (path, text) => {
      machine.written.push([path, text]);
      return `/work/${path}`;
    },
    copy: (text) => {
      machine.copied.push(text);
      return text.length < 1000;
    },
    prompts: async () => [
      {
        name: 'review',
        description: 'Reviews a change',
        file: 'review.md',
        body: 'Review $1 with care: $ARGUMENTS',
        scope: 'user',
      },
    ],
    config: async () => 'model: llama3.1  # user file',
    ...overrides,
  };
  return machine;
}

export interface Ran {
  chat: FakeChat;
  screen: FakeScreen;
  machine: FakeMachine;
  /** Everything that was shown. */
  text: string;
}

export interface RunOptions extends ScreenAnswers {
  chat?: Overrides;
  machine?: Partial<Machine>;
  signal?: AbortSignal;
}

/** Runs `name args` as the chat does. */
export async function run(line: string, options: RunOptions = {}): Promise<Ran> {
  const [name = '', ...rest] = line.split(' ');
  const command = findCommand(name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const chat = fakeChat(options.chat);
  const screen = fakeScreen(options);
  const machine = fakeMachine(options.machine);
  const signal = options.signal ?? new AbortController().signal;
  await command.run(rest.join(' '), { chat, screen, machine, signal });
  const notes = screen.notes.map(([level, text]) => `${level}: ${text}`);
  return { chat, screen, machine, text: [...screen.rows, ...notes].join('\n') };
}

/** What the command offers with the cursor at the end. */
export async function completion(line: string, overrides?: Overrides): Promise<string[]> {
  const [name = '', ...rest] = line.split(' ');
  const args = rest.join(' ');
  const found = await findCommand(name)?.complete?.(args, args.length, {
    chat: fakeChat(overrides),
    machine: fakeMachine(),
    signal: new AbortController().signal,
  });
  return found?.items.map(({ insert }) => insert.trim()) ?? [];
}
