import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, reasonOf } from '../../config/file-reason.js';
import type { SessionSummary } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { VERSION } from '../../core/version.js';
import { findSession, isPath, isSessionId } from './find.js';
import { FORMAT_VERSION, type HeadLine } from './lines.js';
import { checkUnlocked, LockHeld } from './lock.js';
import { readSession, readSummary, type SessionContent } from './read.js';
import { createSessionFile, inUse, lockOf, lockSession } from './session-file.js';
import { toSummary } from './state.js';
import { answerCalls } from './unanswered.js';
import type { LoadedSession, NewSession, SessionStore, StoredSession } from './types.js';

export interface SessionStoreOptions {
  /** Where the files are; made at the first message. */
  dir: string;
  /** Of the sessions that are created; absolute. */
  cwd: string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

const EXTENSION = '.jsonl';

export function createSessionStore({
  dir,
  cwd,
  now = Date.now,
}: SessionStoreOptions): SessionStore {
  const fileOf = (id: string) => path.join(dir, `${id}${EXTENSION}`);
  const here = redact(cwd);
  const headOf = ({ id, model }: NewSession): HeadLine => ({
    type: 'session',
    version: FORMAT_VERSION,
    id,
    created: new Date(now()).toISOString(),
    cwd: here,
    model: redact(model),
    program: VERSION,
  });

  /** The path of what a person calls a session. */
  async function locate(wanted: string): Promise<string> {
    if (isSessionId(wanted) && (await exists(fileOf(wanted)))) return fileOf(wanted);
    const file = path.resolve(cwd, wanted);
    if (isPath(wanted) && (await exists(file))) return file;
    return fileOf(findSession(wanted, { sessions: await list(), cwd: here }).id);
  }

  async function list(): Promise<readonly SessionSummary[]> {
    const found: SessionSummary[] = [];
    await eachOf(await sessionFiles(dir), async (file) => {
      const summary = await summaryOf(file);
      if (summary !== undefined) found.push(summary);
    });
    return found.toSorted((a, b) => compare(b.updated, a.updated) || compare(b.id, a.id));
  }

  async function goOn(file: string): Promise<LoadedSession> {
    const unlock = await lockSession(file);
    try {
      const content = await readSession(file);
      return {
        ...toStored(file, content),
        messages: answerCalls(content.messages),
        file: writer(file, content, unlock),
      };
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  /** A `SessionFile` over a lock that is taken already. */
  function writer(
    file: string,
    content: Pick<SessionContent, 'head'> & Partial<SessionContent>,
    unlock: () => Promise<void>,
  ) {
    const { head, state, messages } = content;
    const old =
      state === undefined || messages === undefined ? {} : { content: { state, messages } };
    return createSessionFile({ path: file, head, now, unlock, ...old });
  }

  return {
    create: (head) => createSessionFile({ path: fileOf(head.id), head: headOf(head), now }),
    list,
    async latest() {
      for (const file of await newestFirst(await sessionFiles(dir))) {
        const summary = await summaryOf(file);
        if (summary?.cwd === here) return summary;
      }
      return undefined;
    },
    async read(id) {
      const file = await locate(id);
      return toStored(file, await readSession(file));
    },
    open: async (id) => goOn(await locate(id)),
    async openFile(name, start) {
      const file = path.resolve(cwd, name);
      if (await hasContent(file)) return goOn(file);
      const head = headOf(start);
      const content = {
        head,
        state: { at: head.created, prompts: 0, title: '', model: head.model },
      };
      const unlock = await lockSession(file);
      return {
        ...toStored(file, { ...content, messages: [] }),
        file: writer(file, { head }, unlock),
      };
    },
    async remove(id) {
      const file = await locate(id);
      try {
        await checkUnlocked(lockOf(file));
        await rm(file);
        await rm(lockOf(file), { force: true });
      } catch (error) {
        if (error instanceof LockHeld) throw inUse(file, error);
        throw new OstlerError(
          'usage',
          `The session ${toTerminalLine(file)} cannot be removed: ${reasonOf(error)}.`,
          { cause: error },
        );
      }
    },
  };
}

function toStored(file: string, { head, state, messages }: SessionContent): StoredSession {
  return { summary: toSummary(head, state), created: head.created, path: file, messages };
}

/** Undefined for what is no session of ours, or cannot be read. */
async function summaryOf(file: string): Promise<SessionSummary | undefined> {
  try {
    const summary = await readSummary(file);
    // A copied file would stand for another one.
    return summary.id === path.basename(file, EXTENSION) ? summary : undefined;
  } catch (error) {
    if (error instanceof OstlerError) return undefined;
    throw error;
  }
}

async function sessionFiles(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(EXTENSION))
      .map(({ name }) => path.join(dir, name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new OstlerError(
      'usage',
      `The sessions in ${toTerminalLine(dir)} cannot be read: ${reasonOf(error)}.`,
      { cause: error },
    );
  }
}

async function newestFirst(files: readonly string[]): Promise<string[]> {
  const times = new Map<string, number>();
  await eachOf(files, async (file) => {
    times.set(file, (await stat(file).catch(() => ({ mtimeMs: 0 }))).mtimeMs);
  });
  return files.toSorted((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
}

const AT_ONCE = 16;

/** A thousand files, but not a thousand open ones. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** False for a file that is not there or empty; what is wrong with another one is told when it is read. */
async function hasContent(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => undefined);
  return info !== undefined && (info.size > 0 || !info.isFile());
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
