import type { ModelSettings, Settings } from '../../config/types.js';
import type { Chat, Outgoing } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { createAbort, deadline, withSignal } from '../../core/wait.js';
import type { AnsweringModel } from '../asks/types.js';
import { createApprovalDesk } from './chat-approvals.js';
import { createAskDesk } from './chat-asks.js';
import { createConversationView } from './chat-conversation.js';
import { createInfo } from './chat-info.js';
import { createModelHolder, type ModelHolder } from './chat-model.js';
import type { Send } from './chat-prompt.js';
import { createServers } from './chat-servers.js';
import { createSessionKeeper } from './chat-sessions.js';
import { createDialogue } from './dialogue.js';
import { createHub } from './hub.js';
import { createLiveServers } from './live-servers.js';
import { createLogLevels } from './log-levels.js';
import { createOffers } from './offers.js';
import { onAsk, onServer } from './on-server.js';
import type { ComposedParts } from './composed.js';
import { createSubscriptions } from './subscriptions.js';
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
      login: parts.asks.login,
      logLevels: parts.logLevels,
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
    roots: parts.asks.roots,
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

/** Dials the servers and asks about the model; the screen may come first. */
async function begin({ settings, options, servers, model, hub }: ComposedParts, life: AbortSignal) {
  await options.startAfter;
  if (life.aborted) return;
  for (const warning of settings.warnings) hub.say('warning', warning);
  servers.start(life);
  // A failure shows again when the model is used.
  model.info(life).catch(() => {});
}

function compose(settings: Settings, options: ChatOptions, life: AbortSignal): ComposedParts {
  const hub = createHub();
  const info = createInfo(() => parts);
  const asks = createAskDesk({
    settings,
    options,
    emit: (event) => onAsk(parts, event),
    model: answeringModel(() => parts),
  });
  const servers = createLiveServers(settings.servers, {
    env: options.env,
    ports: asks.ports,
    onEvent: (event) => onServer(parts, event, life),
  });
  const subscriptions = createSubscriptions(hub.warn);
  const dialogue = createDialogue({
    onAppend: (message) => parts.sessions.append(message),
    onReplace: (messages) => parts.sessions.replace(messages),
  });
  const work = createWork(info.changed);
  const parts: ComposedParts = {
    settings,
    options,
    hub,
    servers,
    dialogue,
    work,
    info,
    tools: createToolBook(servers.pool, (message) => hub.say('warning', message)),
    asks,
    subscriptions,
    logLevels: createLogLevels(hub.warn),
    offers: createOffers(servers.pool, subscriptions),
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
      ask: asks.approve,
      pool: servers.pool,
      onWarning: hub.warn,
      onMode: info.changed,
    }),
  };
  open(parts);
  return parts;
}

/** The conversation as it begins: an earlier one, or the system prompt alone. */
function open({ settings: { system }, options: { resume }, dialogue }: ComposedParts): void {
  const fresh = system === undefined ? [] : [{ role: 'system', content: system } as const];
  dialogue.load(resume === undefined ? fresh : resume.messages);
  if (system !== undefined && dialogue.system() !== system) dialogue.setSystem(system);
}

function createModel(
  settings: ModelSettings,
  parts: () => ComposedParts,
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
async function close(
  { servers, sessions, work }: ComposedParts,
  life: AbortController,
): Promise<void> {
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

/** The model of the conversation, for what servers ask of it. */
function answeringModel(parts: () => ComposedParts): AnsweringModel {
  return {
    settings: () => parts().model.settings(),
    numCtx: () => parts().dialogue.conversation.numCtx,
    async create(settings) {
      // A script goes on where it is; it has no settings.
      if (settings.name.startsWith('script:')) return parts().model.current();
      const { createModel: create } = await import('../../model/index.js');
      return create(settings);
    },
  };
}
