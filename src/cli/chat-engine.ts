import path from 'node:path';
import { openChat } from '../app/chat/open-chat.js';
import { createSessionId } from '../app/frame.js';
import { exportConversation } from '../app/sessions/export.js';
import type { LoadedSession, SessionStore } from '../app/sessions/types.js';
import { loadSettings } from '../config/load.js';
import type { StatePaths } from '../config/paths.js';
import type { Settings } from '../config/types.js';
import type { Chat, Outgoing } from '../core/chat.js';
import { abortError } from '../core/errors.js';
import type { ChatScreen } from '../render/ink/chat-screen.js';
import type { ChatOptions } from './chat-options.js';
import { readImages } from './images.js';
import type { Io } from './io.js';
import { withModelOf } from './one-shot-session.js';
import { createUserSessions, openChosenSession } from './open-session.js';
import { describeProject } from './trust.js';

export interface ChatRun {
  options: ChatOptions;
  io: Io;
  paths: StatePaths;
  screen: ChatScreen;
  signal: AbortSignal;
}

/** Reads the settings and puts an engine behind a screen that is there already. */
export async function openEngine(run: ChatRun): Promise<Chat> {
  const { options, io, paths, screen } = run;
  const sessions = createUserSessions(paths, io.cwd);
  const resume = await earlierSession(run, sessions);
  const { settings, images } = await readInput(run, resume);
  const chat = openChat(settings, {
    env: io.env,
    cwd: io.cwd,
    ask: screen.ask,
    ...screen.asks,
    approvalsFile: path.join(paths.config, 'approvals.yaml'),
    imagesDir: path.join(paths.data, 'images'),
    exportAs: exportConversation,
    ...(options.session.kind === 'none' ? {} : { sessions }),
    ...(resume === undefined ? {} : { resume }),
  });
  const first = firstMessage(options.prompt, images);
  await screen.attach(chat, {
    replay: resume !== undefined,
    ...(first === undefined ? {} : { first }),
  });
  return chat;
}

/** What can still be wrong with the command line; the session is let go of then. */
async function readInput(run: ChatRun, resume: LoadedSession | undefined) {
  const { options, io, signal } = run;
  try {
    const settings = await readSettings(run, resume);
    const images = await readImages(options.images, io.cwd);
    if (signal.aborted) throw abortError(signal);
    return { settings, images };
  } catch (error) {
    await resume?.file.close().catch(() => {});
    throw error;
  }
}

async function readSettings(
  { options, io, screen, signal }: ChatRun,
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
  { options, screen, signal }: ChatRun,
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
