import { byPatterns } from '../../agent/approval.js';
import { linkAbort, type LinkedAbort } from '../../core/linked-abort.js';
import { isReadOnly } from '../../agent/rules.js';
import type { Approve, PendingCall, Verdict } from '../../agent/types.js';
import type { ChatApprovalMode } from '../../core/chat.js';
import { now } from '../../core/clock.js';
import { abortError, OstlerError } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';
import type { Connection, ServerTool } from '../../mcp/types.js';
import { present, type ApproverParts } from './approval-parts.js';
import { askPerson } from './ask-person.js';

export interface Approver {
  approve: Approve;
  /** The mode changed: it may settle what waits for an answer. */
  reconsider: () => void;
  /** Something about the servers changed: a call of one that is gone ends. */
  recheck: () => void;
  /** Milliseconds in which a person was asked. */
  askedMs: () => number;
}

interface Waiting {
  call: PendingCall;
  connection: Connection;
  abort: LinkedAbort;
  settle: (verdict: Verdict) => void;
  fail: (error: unknown) => void;
}

/**
 * Patterns of the configuration, then the mode, then rules, then the person: one call at a time,
 * the others wait, and an answer that covers them settles them too.
 */
export function createApprover(parts: ApproverParts): Approver {
  const { book, settings, mode } = parts;
  let asked = 0;
  let asking = false;
  const waiting = new Set<Waiting>();

  /** What needs no person; undefined when one must be asked. */
  async function decide({ tool }: PendingCall): Promise<Verdict | undefined> {
    const current = present(parts, tool.server, tool.name);
    const verdict =
      byPatterns(tool, settings, current.definition.autoApprove) ?? byMode(mode(), current.tool);
    if (verdict !== undefined) return verdict;
    const { covered } = await book.find(current.subject);
    return covered ? { decision: 'allow', source: 'rule' } : undefined;
  }

  async function reconsider(entry: Waiting): Promise<void> {
    try {
      const verdict = await decide(entry.call);
      if (verdict !== undefined) entry.settle(verdict);
    } catch (error) {
      entry.fail(error);
    }
  }

  function recheck(): void {
    for (const entry of waiting) {
      const { server, name } = entry.call.tool;
      if (parts.look(server, name)?.connection !== entry.connection) {
        entry.fail(gone(server, name));
      }
    }
  }

  /** Asks for the calls that wait, in their order. */
  async function askAll(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      for (let entry = first(waiting); entry !== undefined; entry = first(waiting)) {
        await reconsider(entry);
        if (waiting.has(entry)) await askOne(entry);
      }
    } finally {
      asking = false;
    }
  }

  async function askOne(entry: Waiting): Promise<void> {
    const started = now();
    const { call, abort } = entry;
    try {
      const verdict = await withSignal(askPerson(call, parts, abort.signal), abort.signal);
      entry.settle(verdict);
    } catch (error) {
      entry.fail(error);
    } finally {
      asked += now() - started;
    }
    await Promise.all([...waiting].map(reconsider));
  }

  /** In the queue until it is settled, by whomever. */
  function wait(call: PendingCall, connection: Connection, signal: AbortSignal): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      const abort = linkAbort(signal);
      const leave = (reason: Error) => {
        waiting.delete(entry);
        abort.signal.removeEventListener('abort', onAbort);
        abort.release();
        abort.abort(reason);
      };
      const entry: Waiting = {
        call,
        connection,
        abort,
        settle(verdict) {
          leave(SETTLED);
          resolve(verdict);
        },
        fail(error) {
          const reason = error instanceof Error ? error : new Error(String(error));
          leave(reason);
          reject(reason);
        },
      };
      const onAbort = () => entry.fail(abortError(abort.signal));
      abort.signal.addEventListener('abort', onAbort, { once: true });
      waiting.add(entry);
      if (abort.signal.aborted) onAbort();
      else void askAll();
    });
  }

  return {
    async approve(call, signal) {
      const { connection } = present(parts, call.tool.server, call.tool.name);
      return (await decide(call)) ?? wait(call, connection, signal);
    },
    reconsider() {
      for (const entry of waiting) void reconsider(entry);
    },
    recheck,
    askedMs: () => Math.round(asked),
  };
}

const SETTLED = new OstlerError('interrupted', 'The question is settled.');

function first<T>(items: ReadonlySet<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

/** `auto-read` takes the server's own word; the person chose that. */
function byMode(mode: ChatApprovalMode, tool: ServerTool): Verdict | undefined {
  switch (mode) {
    case 'auto':
      return { decision: 'allow', source: 'policy' };
    case 'auto-read':
      return isReadOnly(tool)
        ? { decision: 'allow', source: 'policy', reason: 'declared read-only by its server' }
        : undefined;
    case 'never':
      return { decision: 'deny', source: 'policy', reason: 'no rule allows this tool' };
    case 'ask':
      return undefined;
  }
}

function gone(server: string, tool: string): OstlerError {
  return new OstlerError(
    'server_failed',
    `${server}/${tool} went away while the call waited for an answer, so it was not made.`,
    { server },
  );
}
