import type { ModelSettings, Settings } from '../../config/types.js';
import type { Chat, Outgoing } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { createAbort, deadline, withSignal } from '../../core/wait.js';
import type { PoolEvent } from '../../mcp/pool-types.js';
import { createApprovalDesk } from './chat-approvals.js';
import { createConversationView } from './chat-conversation.js';
import { createInfo } from './chat-info.js';
import { createModelHolder, type ModelHolder } from './chat-model.js';
import type { Send } from './chat-prompt.js';
import { createServers } from './chat-servers.js';
import { createSessionKeeper } from './chat-sessions.js';
import { createDialogue } from './dialogue.js';
import { createHub } from './hub.js';
import { createLiveServers, toAgentEvent } from './live-servers.js';
import { createOffers } from './offers.js';
import type { ChatParts } from './parts.js';
import { createToolBook } from './tool-book.js';
import type { ChatOptions } from './types.js';
import { createWork } from './work.js';

/** For an interrupted prompt to keep what it has; milliseconds. */
const CLOSE_MS = 150;

/**
 * An interactive conversation, there at once: servers connect and the model is described in the
 * background, and what a prompt needs is loaded meanwhile. Never throws; what fails is told by
 * `subscribe`, which hears everything when it is called before anything is awaited.
 */
export function openChat(settings: Settings, options: ChatOptions): Chat {
  const life = createAbort();
  const parts = compose(settings, options, life.signal);
  const { servers, model, sessions, work, info, hub } = parts;
  let prompts: Promise<Send> | undefined;
  const load = () =>
    (prompts ??= import('./chat-prompt.js').then(({ createPrompts }) => createPrompts(parts)));
  begin(parts, life.signal).then(load).catch(hub.warn);

  return {
    get info() {
      return info.get();
    },
    async *send(outgoing: Outgoing) {
      const send = await load();
      yield* send(outgoing);
    },
    abort: (reason) => work.running?.abort(reason),
    subscribe: hub.subscribe,
    servers: createServers({
      pool: servers.pool,
      offers: parts.offers,
      env: options.env,
      list: servers.list,
      onWarning: (message, server) => hub.say('warning', message, server),
    }),
    tools: {
      list: parts.tools.list,
      setEnabled(pattern, enabled) {
        info.changed();
        return parts.tools.setEnabled(pattern, enabled);
      },
    },
    prompts: parts.offers.prompts,
    resources: parts.offers.resources,
    approvals: parts.desk.approvals,
    model,
    conversation: createConversationView(parts, info.changed),
    sessions: {
      list: sessions.list,
      resume: sessions.resume,
      startNew: sessions.startNew,
      rename: sessions.rename,
    },
    close: () => close(parts, life),
  };
}

type Composed = ChatParts & { info: ReturnType<typeof createInfo> };

/** Dials the servers and asks about the model; the screen may come first. */
async function begin({ settings, options, servers, model, hub }: Composed, life: AbortSignal) {
  await options.startAfter;
  if (life.aborted) return;
  for (const warning of settings.warnings) hub.say('warning', warning);
  servers.start(life);
  // A failure shows again when the model is used.
  model.info(life).catch(() => {});
}

function compose(settings: Settings, options: ChatOptions, life: AbortSignal): Composed {
  const hub = createHub();
  const info = createInfo(() => parts);
  const servers = createLiveServers(settings.servers, options.env, (event) => {
    onServer(parts, event);
  });
  const dialogue = createDialogue({
    onAppend: (message) => parts.sessions.append(message),
    onReplace: (messages) => parts.sessions.replace(messages),
  });
  const work = createWork(info.changed);
  const parts: Composed = {
    settings,
    options,
    hub,
    servers,
    dialogue,
    work,
    info,
    tools: createToolBook(servers.pool, (message) => hub.say('warning', message)),
    offers: createOffers(servers.pool),
    model: createModel(settings.model, () => parts, life),
    sessions: createSessionKeeper({
      store: options.sessions,
      resume: options.resume,
      system: () => dialogue.system(),
      dialogue: () => dialogue,
      model: () => parts.model.name,
      checkIdle: work.checkIdle,
      onSwitch() {
        work.reset();
        info.changed();
      },
      onFailure: hub.warn,
    }),
    desk: createApprovalDesk({
      settings: settings.approval,
      file: options.approvalsFile,
      ask: options.ask,
      pool: servers.pool,
      onWarning: hub.warn,
      onMode: info.changed,
    }),
  };
  open(parts);
  return parts;
}

/** The conversation as it begins: an earlier one, or the system prompt alone. */
function open({ settings: { system }, options: { resume }, dialogue }: Composed): void {
  const fresh = system === undefined ? [] : [{ role: 'system', content: system } as const];
  dialogue.load(resume === undefined ? fresh : resume.messages);
  if (system !== undefined && dialogue.system() !== system) dialogue.setSystem(system);
}

function createModel(
  settings: ModelSettings,
  parts: () => Composed,
  signal: AbortSignal,
): ModelHolder {
  return createModelHolder(settings, {
    signal,
    onChange(change) {
      const { dialogue, sessions, model, info } = parts();
      if (change === 'name') {
        dialogue.forgetCounts();
        sessions.model(model.name);
      }
      info.changed();
    },
    checkIdle: () => parts().work.checkIdle(),
    system: () => parts().dialogue.system(),
    setSystem(text) {
      const { dialogue, work, info } = parts();
      work.checkIdle();
      dialogue.setSystem(text);
      info.changed();
    },
  });
}

/** What an interrupted prompt has by then is kept. */
async function close({ servers, sessions, work }: Composed, life: AbortController): Promise<void> {
  const reason = new OstlerError('interrupted', 'The chat was closed.');
  const limit = deadline(CLOSE_MS, 'Ending the prompt');
  try {
    work.running?.abort(reason);
    if (work.running !== undefined) await withSignal(work.running.ended, limit.signal);
  } catch {
    // Nobody reads its events any more.
  } finally {
    limit.clear();
  }
  life.abort(reason);
  await Promise.all([servers.pool.close(), sessions.close()]);
}

function onServer(parts: Composed, event: PoolEvent): void {
  const { hub, tools, desk, offers, info } = parts;
  if (event.type === 'status' || event.type === 'tools') {
    tools.changed();
    info.changed();
    desk.recheck();
  }
  if (event.type === 'prompts' || event.type === 'resources') {
    offers.changed(event.type, event.server);
  }
  const told = toAgentEvent(event);
  if (told !== undefined) hub.emit(told);
}
