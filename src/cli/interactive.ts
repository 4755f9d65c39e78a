import path from 'node:path';
import { createSupportsHyperlinks } from 'supports-hyperlinks';
import { statePaths, type StatePaths } from '../config/paths.js';
import type { Chat } from '../core/chat.js';
import { abortError } from '../core/errors.js';
import type { HistoryStore } from '../core/prompt-files.js';
import { withSignal } from '../core/wait.js';
import { createChatScreen, type ChatScreen } from '../render/ink/chat-screen.js';
import { detectImageProtocol } from '../render/ink/images.js';
import { wantsColor } from '../render/style.js';
import type { ThemeName } from '../render/theme.js';
import type { ChatOptions } from './chat-options.js';
import type { Io } from './io.js';
import { createLifetime } from './lifetime.js';
import { createMachine } from './machine/index.js';

/** The chat: the terminal is the person's at once; settings, model and servers come behind the first frame. */
export async function runInteractive(options: ChatOptions, io: Io): Promise<number> {
  const lifetime = createLifetime();
  const { signal } = lifetime;
  const paths = await statePaths(io.env);
  const screen = openScreen({ options, io, paths, signal });
  let chat: Chat | undefined;
  try {
    await screen.start();
    const { openEngine } = await import('./chat-engine.js');
    chat = await openEngine({ options, io, paths, screen, signal });
    await withSignal(screen.left, signal);
    screen.stop();
    tellSession(chat, options, io);
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    return abortError(signal).exitCode;
  } finally {
    screen.stop();
    await chat?.close();
    lifetime.release();
  }
}

/** How to go on with what was said. */
function tellSession({ conversation, info }: Chat, { session }: ChatOptions, { stderr }: Io): void {
  if (session.kind === 'none' || conversation.prompts().length === 0) return;
  stderr.write(`Go on with this session: ostler --resume ${info.sessionId}\n`);
}

interface ScreenRun {
  options: ChatOptions;
  io: Io;
  paths: StatePaths;
  signal: AbortSignal;
}

function openScreen({ options, io, paths, signal }: ScreenRun): ChatScreen {
  const { env, cwd } = io;
  const stdout = io.stdout as Io['stdout'] & NodeJS.WriteStream;
  const told = new Set<string>();
  const onWarning = (message: string) => {
    if (!told.has(message)) screen.note('warning', message);
    told.add(message);
  };
  const screen = createChatScreen({
    stdin: io.stdin,
    stdout,
    theme: options.theme === 'auto' ? themeOf(env) : options.theme,
    // CI says nothing about a person's terminal.
    colors: wantsColor(options.color, true, { ...env, CI: '' }),
    hyperlinks: createSupportsHyperlinks(stdout),
    screenReader: options.screenReader,
    images: detectImageProtocol(env),
    openUrl: async (url) => {
      const { openBrowser } = await import('../mcp/auth/browser.js');
      await openBrowser(url, { env, signal });
    },
    history: laterHistory(path.join(paths.data, 'history.jsonl')),
    machine: createMachine({
      flags: options.flags,
      env,
      cwd,
      prompts: async () => {
        const { loadCustomPrompts, promptDirectories } = await import('../app/custom-prompts.js');
        const dirs = promptDirectories(paths.config, cwd);
        return loadCustomPrompts({ dirs, onWarning });
      },
    }),
  });
  return screen;
}

/** What the terminal says of its background (`COLORFGBG`: rxvt, konsole), else dark. */
function themeOf(env: NodeJS.ProcessEnv): ThemeName {
  const background = env['COLORFGBG']?.split(';').at(-1);
  return background === '7' || background === '15' ? 'light' : 'dark';
}

/** Read behind the first frame. */
function laterHistory(file: string): HistoryStore {
  let store: Promise<HistoryStore> | undefined;
  const loaded = () =>
    (store ??= import('../app/prompt-history.js').then(({ createPromptHistory }) =>
      createPromptHistory({ file }),
    ));
  return {
    load: async () => (await loaded()).load(),
    append: async (text) => (await loaded()).append(text),
  };
}
