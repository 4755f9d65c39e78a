import path from 'node:path';
import { openChat } from '../app/chat/open-chat.js';
import { loadCustomPrompts, promptDirectories } from '../app/custom-prompts.js';
import { createPromptHistory } from '../app/prompt-history.js';
import { exportConversation } from '../app/sessions/export.js';
import { createSessionStore } from '../app/sessions/store.js';
import type { LoadedSession, SessionStore } from '../app/sessions/types.js';
import { loadSettings } from '../config/load.js';
import { statePaths, type StatePaths } from '../config/paths.js';
import type { Settings } from '../config/types.js';
import type { Chat, Outgoing } from '../core/chat.js';
import { abortError } from '../core/errors.js';
import { withSignal } from '../core/wait.js';
import { createChatScreen, type ChatScreen } from '../render/ink/chat-screen.js';
import { detectImageProtocol } from '../render/ink/images.js';
import { wantsColor } from '../render/style.js';
import type { ThemeName } from '../render/theme.js';
import type { ChatOptions } from './chat.js';
import { readImages } from './images.js';
import type { Io } from './io.js';
import { createLifetime } from './lifetime.js';
import { createMachine } from './machine/index.js';
import { describeProject } from './trust.js';

interface Run {
  options: ChatOptions;
  io: Io;
  paths: StatePaths;
  screen: ChatScreen;
  signal: AbortSignal;
}

/** The chat: the terminal is the person's at once; settings, model and servers come behind the first frame. */
export async function runInteractive(options: ChatOptions, io: Io): Promise<number> {
  const lifetime = createLifetime();
  const { signal } = lifetime;
  const paths = await statePaths(io.env);
  const screen = openScreen(options, io, paths);
  let chat: Chat | undefined;
  try {
    await screen.start();
    chat = await openEngine({ options, io, paths, screen, signal });
    await withSignal(screen.left, signal);
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

function openScreen({ flags, color }: ChatOptions, io: Io, paths: StatePaths): ChatScreen {
  const { env, cwd } = io;
  const prompts = () => loadCustomPrompts({ dirs: promptDirectories(paths.config, cwd) });
  return createChatScreen({
    stdin: io.stdin,
    stdout: io.stdout as Io['stdout'] & NodeJS.WriteStream,
    theme: themeOf(flags['theme'], env),
    colors: wantsColor(color, true, { ...env, CI: '' }),
    hyperlinks: false,
    screenReader: flags['screenReader'] === true || env['INK_SCREEN_READER'] === 'true',
    images: detectImageProtocol(env),
    history: createPromptHistory({ file: path.join(paths.data, 'history.jsonl') }),
    machine: createMachine({ flags, env, cwd, prompts }),
  });
}

/** What the terminal says of its background (`COLORFGBG`, rxvt's and konsole's), else dark. */
function themeOf(choice: ChatOptions['flags'][string], env: NodeJS.ProcessEnv): ThemeName {
  if (choice === 'dark' || choice === 'light') return choice;
  const background = env['COLORFGBG']?.split(';').at(-1);
  return background === '7' || background === '15' ? 'light' : 'dark';
}

async function openEngine(run: Run): Promise<Chat> {
  const { options, io, paths, screen, signal } = run;
  const settings = await readSettings(run);
  const sessions = createSessionStore({ dir: path.join(paths.data, 'sessions'), cwd: io.cwd });
  const resume = await earlierSession(options, sessions);
  const images = await readImages(options.images, io.cwd);
  const chat = openChat(settings, {
    env: io.env,
    cwd: io.cwd,
    ask: screen.ask,
    approvalsFile: path.join(paths.config, 'approvals.yaml'),
    imagesDir: path.join(paths.data, 'images'),
    exportAs: exportConversation,
    ...(options.flags['session'] === false ? {} : { sessions }),
    ...(resume === undefined ? {} : { resume }),
  });
  const first = firstMessage(options.prompt, images);
  screen.attach(chat, { replay: resume !== undefined, ...(first === undefined ? {} : { first }) });
  if (signal.aborted) throw abortError(signal);
  return chat;
}

async function readSettings({ options, io, screen, signal }: Run): Promise<Settings> {
  const settings = await loadSettings({
    flags: options.flags,
    env: io.env,
    cwd: io.cwd,
    signal,
    confirmProject: (view) =>
      screen.confirm(
        describeProject(view).trimEnd().split('\n'),
        'Do you trust this file to do that?',
        signal,
      ),
  });
  return options.tools ? settings : { ...settings, servers: [] };
}

async function earlierSession(
  { flags }: ChatOptions,
  sessions: SessionStore,
): Promise<LoadedSession | undefined> {
  const wanted = flags['resume'];
  if (typeof wanted === 'string') return sessions.open(wanted);
  if (flags['continue'] !== true && wanted !== true) return undefined;
  const latest = await sessions.latest();
  return latest === undefined ? undefined : sessions.open(latest.id);
}

function firstMessage(
  text: string,
  images: Awaited<ReturnType<typeof readImages>>,
): Outgoing | undefined {
  if (text === '' && images.length === 0) return undefined;
  const attachments = images.map((image, index) => ({
    kind: 'image' as const,
    name: `image ${index + 1}`,
    image,
  }));
  return { text, ...(attachments.length === 0 ? {} : { attachments }) };
}
