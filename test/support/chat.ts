import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  startFakeOllama,
  type FakeOllama,
  type FakeOllamaOptions,
  type TurnSource,
} from '../fakes/ollama/index.js';
import { makeHome } from './ostler.js';
import { closeTerminals, openTerminal, type OstlerTerminal } from './terminal.js';

export interface ChatOptions {
  /** What the model answers, in order; afterwards the rules of the fake. */
  turns?: readonly TurnSource[];
  ollama?: FakeOllamaOptions;
  /** Entries of `mcpServers`. */
  servers?: Readonly<Record<string, object>>;
  /** Further arguments. */
  args?: readonly string[];
  columns?: number;
  rows?: number;
  env?: Readonly<Record<string, string>>;
  /** Files in the working directory, by name. */
  files?: Readonly<Record<string, string>>;
  /** A home with what an earlier chat left. */
  home?: string;
}

export interface ChatTerminal extends OstlerTerminal {
  ollama: FakeOllama;
  /** Types a line and presses Enter. */
  say: (text: string) => void;
  /** The same, and waits until the scrollback holds the text once more than before. */
  ask: (text: string, wanted: string | RegExp) => Promise<void>;
}

const STAGE = path.resolve(import.meta.dirname, '../servers/stage.mjs');
const closing: (() => Promise<void>)[] = [];

/** Ends everything `openChat` has started. */
export async function closeChats(): Promise<void> {
  await closeTerminals();
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** An entry for the server that has a bit of everything (test/servers/stage.mjs). */
export function stageServer(settings: object = {}): object {
  const env = { STAGE: JSON.stringify(settings) };
  return { command: process.execPath, args: [STAGE], env };
}

/** The command line of a chat with its fake model and its servers, not run yet. */
export async function prepareChat(options: ChatOptions = {}) {
  const ollama = await startFakeOllama(options.ollama);
  closing.push(ollama.close);
  ollama.script(...(options.turns ?? []));
  const temporary = options.home === undefined ? makeHome() : undefined;
  if (temporary) closing.push(async () => temporary.remove());
  const home = options.home ?? temporary?.dir ?? '';
  const cwd = path.join(home, 'work');
  mkdirSync(cwd, { recursive: true });
  for (const [name, text] of Object.entries(options.files ?? {})) {
    writeFileSync(path.join(cwd, name), text);
  }
  const config = path.join(home, 'servers.json');
  writeFileSync(config, JSON.stringify({ mcpServers: options.servers ?? {} }));
  const args = ['--host', ollama.url, '--strict-mcp-config', '--mcp-config', config];
  return { ollama, home, cwd, args: [...args, ...(options.args ?? [])] };
}

/** Starts a chat and waits until it can be typed into. */
export async function openChat(options: ChatOptions = {}): Promise<ChatTerminal> {
  const { ollama, home, cwd, args } = await prepareChat(options);
  const { columns, rows, env } = options;
  const terminal = openTerminal(args, {
    home,
    cwd,
    ...(columns === undefined ? {} : { columns }),
    ...(rows === undefined ? {} : { rows }),
    ...(env === undefined ? {} : { env }),
  });
  await terminal.waitFor(() => terminal.mode(2004) === true);
  return {
    ...terminal,
    ollama,
    say: (text) => say(terminal, text),
    ask: async (text, wanted) => {
      const before = countOf(terminal, wanted);
      say(terminal, text);
      await waitForMore(terminal, wanted, before);
    },
  };
}

function countOf(terminal: OstlerTerminal, wanted: string | RegExp): number {
  const text = terminal.scrollback().join('\n');
  if (typeof wanted === 'string') return text.split(wanted).length - 1;
  return Array.from(text.matchAll(new RegExp(wanted.source, `${wanted.flags}g`))).length;
}

async function waitForMore(terminal: OstlerTerminal, wanted: string | RegExp, before: number) {
  try {
    await terminal.waitFor(() => countOf(terminal, wanted) > before);
  } catch (error) {
    throw new Error(`not seen: ${String(wanted)}`, { cause: error });
  }
}

/** In one piece, as a paste, which no terminal takes for keys. */
function say(terminal: OstlerTerminal, text: string): void {
  terminal.paste(text);
  terminal.press('enter');
}
