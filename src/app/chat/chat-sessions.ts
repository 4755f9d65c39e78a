import type { ChatSessions } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import type { ChatMessage } from '../../core/messages.js';
import { createSessionId } from '../frame.js';
import { toSessionName } from '../sessions/name.js';
import type { LoadedSession, SessionFile, SessionStore } from '../sessions/types.js';
import type { Dialogue } from './dialogue.js';

/** Which session runs, and its file. */
export interface SessionKeeper extends ChatSessions {
  readonly id: () => string;
  readonly name: () => string | undefined;
  /** ISO 8601. */
  readonly created: () => string;
  append: (message: ChatMessage) => void;
  replace: (messages: readonly ChatMessage[]) => void;
  model: (name: string) => void;
  /** Lets what is waiting be written; a failure is told once. */
  flush: () => Promise<void>;
  close: () => Promise<void>;
}

export interface SessionKeeperOptions {
  store: SessionStore | undefined;
  resume: LoadedSession | undefined;
  /** The system prompt of a new session. */
  system: () => string | undefined;
  dialogue: () => Dialogue;
  model: () => string;
  /** Throws while something works on the conversation. */
  checkIdle: () => void;
  /** Another session runs. */
  onSwitch: () => void;
  onFailure: (error: unknown) => void;
}

export function createSessionKeeper(options: SessionKeeperOptions): SessionKeeper {
  const { store } = options;
  let id = options.resume?.summary.id ?? createSessionId();
  let file: SessionFile | undefined = options.resume?.file;
  let name = options.resume?.summary.name;
  let created = options.resume?.created ?? now();
  let failed = false;
  /** Files that were left and are not closed yet. */
  const closing = new Set<Promise<void>>();

  /** Made when there is something to write. */
  function open(): SessionFile | undefined {
    if (file !== undefined || store === undefined) return file;
    file = store.create({ id, model: options.model() });
    if (name !== undefined) file.rename(name);
    return file;
  }

  function tell(error: unknown): void {
    if (!failed) options.onFailure(error);
    failed = true;
  }

  /** The old session stays in its file; nobody has to wait for it. */
  function leave(): void {
    const end = file?.close().catch(tell);
    file = undefined;
    failed = false;
    if (end === undefined) return;
    closing.add(end);
    void end.finally(() => closing.delete(end));
  }

  const flush = async () => file?.flush().catch(tell);

  return {
    id: () => id,
    name: () => file?.name ?? name,
    created: () => created,
    append(message) {
      const isNew = file === undefined;
      const opened = open();
      if (opened === undefined) return;
      // What was there before the first message, e.g. the system prompt, belongs to it.
      if (isNew) for (const known of options.dialogue().conversation.messages) opened.append(known);
      else opened.append(message);
    },
    replace: (messages) => file?.replace(messages),
    model: (model) => file?.model(model),
    flush,
    async close() {
      leave();
      await Promise.all(closing);
    },
    async list() {
      // The running one too, which may be on its way to the disk.
      await Promise.all([flush(), ...closing]);
      return (await store?.list()) ?? [];
    },
    async resume(wanted) {
      if (store === undefined) throw withoutStore();
      options.checkIdle();
      if (wanted === id && file !== undefined) throw new OstlerError('usage', 'It runs already.');
      // It may be one that was left just now.
      await Promise.all(closing);
      const loaded = await store.open(wanted);
      leave();
      ({ file, created } = loaded);
      ({ id, name } = { name: undefined, ...loaded.summary });
      options.dialogue().load(loaded.messages);
      options.onSwitch();
      return loaded.summary;
    },
    startNew() {
      options.checkIdle();
      const system = options.system();
      leave();
      id = createSessionId();
      name = undefined;
      created = now();
      options.dialogue().load(system === undefined ? [] : [{ role: 'system', content: system }]);
      options.onSwitch();
    },
    async rename(next) {
      if (file === undefined) name = toSessionName(next);
      else {
        file.rename(next);
        await file.flush();
      }
      options.onSwitch();
    },
  };
}

function withoutStore(): OstlerError {
  return new OstlerError('usage', 'Sessions are not kept in this run.', {
    hint: 'Start without --no-session.',
  });
}

function now(): string {
  return new Date().toISOString();
}
