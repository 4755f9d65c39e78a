import path from 'node:path';
import { createSupportsHyperlinks } from 'supports-hyperlinks';
import { openChat } from '../app/chat/open-chat.js';
import { loadCustomPrompts, promptDirectories } from '../app/custom-prompts.js';
import { createSessionId } from '../app/frame.js';
import { createPromptHistory } from '../app/prompt-history.js';
import { exportConversation } from '../app/sessions/export.js';
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
import type { ChatOptions } from './chat-options.js';
import { readImages } from './images.js';
import type { Io } from './io.js';
import { createLifetime } from './lifetime.js';
import { createMachine } from './machine/index.js';
import { withModelOf } from './one-shot-session.js';
import { createUserSessions, openChosenSession } from './open-session.js';
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

function openScreen(options: ChatOptions, io: Io, paths: StatePaths): ChatScreen {
  const { env, cwd } = io;
  const stdout = io.stdout as Io['stdout'] & NodeJS.WriteStream;
  const prompts = () => loadCustomPrompts({ dirs: promptDirectories(paths.config, cwd) });
  return createChatScreen({
    stdin: io.stdin,
    stdout,
    theme: options.theme === 'auto' ? themeOf(env) : options.theme,
    // CI says nothing about a person's terminal.
    colors: wantsColor(options.color, true, { ...env, CI: '' }),
    hyperlinks: createSupportsHyperlinks(stdout),
    screenReader: options.screenReader,
    images: detectImageProtocol(env),
    history: createPromptHistory({ file: path.join(paths.data, 'history.jsonl') }),
    machine: createMachine({ flags: options.flags, env, cwd, prompts }),
  });
}

/** What the terminal says of its background (`COLORFGBG`: rxvt, konsole), else dark. */
function themeOf(env: NodeJS.ProcessEnv): ThemeName {
  const background = env['COLORFGBG']?.split(';').at(-1);
  return background === '7' || background === '15' ? 'light' : 'dark';
}

async function openEngine(run: Run): Promise<Chat> {
  const { options, io, paths, screen, signal } = run;
  const sessions = createUserSessions(paths, io.cwd);
  const resume = await earlierSession(run, sessions);
  const settings = await readSettings(run, resume);
  const images = await readImages(options.images, io.cwd);
  if (signal.aborted) throw abortError(signal);
  const chat = openChat(settings, {
    env: io.env,
    cwd: io.cwd,
    ask: screen.ask,
    approvalsFile: path.join(paths.config, 'approvals.yaml'),
    imagesDir: path.join(paths.data, 'images'),
    exportAs: exportConversation,
    ...(options.session.kind === 'none' ? {} : { sessions }),
    ...(resume === undefined ? {} : { resume }),
  });
  const first = firstMessage(options.prompt, images);
  screen.attach(chat, { replay: resume !== undefined, ...(first === undefined ? {} : { first }) });
  return chat;
}

async function readSettings(
  { options, io, screen, signal }: Run,
  resume: LoadedSession | undefined,
): Promise<Settings> {
  const settings = await loadSettings({
    flags: withModelOf(resume, options.flags, io.env),
    env: io.env,
    cwd: io.cwd,
    signal,
    confirmProject: (view) =>
      screen.confirm(describeProject(view), 'Do you trust this file to do that?', signal),
  });
  return options.tools ? settings : { ...settings, servers: [] };
}

/** The session to go on with; which one, a person can be asked here. */
async function earlierSession(
  { options, screen, signal }: Run,
  sessions: SessionStore,
): Promise<LoadedSession | undefined> {
  if (options.session.kind !== 'pick') {
    return openChosenSession(options.session, sessions, { id: createSessionId(), model: '' });
  }
  const all = await sessions.list();
  const chosen = await screen.choose(
    all.length === 0 ? 'There is no session yet.' : 'Which session?',
    all.map(({ title, name, updated, model }) => ({
      label: name ?? title,
      detail: `${updated.slice(0, 16).replace('T', ' ')} · ${model}`,
    })),
    signal,
  );
  const session = chosen === undefined ? undefined : all[chosen];
  return session === undefined ? undefined : sessions.open(session.id);
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
