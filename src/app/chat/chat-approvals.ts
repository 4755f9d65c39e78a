import { identityOf, isDestructive, pinOf, type Rule } from '../../agent/rules.js';
import type { Approve } from '../../agent/types.js';
import type { ApprovalSettings, ServerDefinition } from '../../config/types.js';
import type {
  ApprovalRule,
  AskApproval,
  ChatApprovalMode,
  ChatApprovals,
} from '../../core/chat.js';
import type { ServerPool } from '../../mcp/pool-types.js';
import type { CurrentTool } from './approval-parts.js';
import type { Approver } from './approver.js';
import type { RuleBook } from './rule-book.js';

export interface ApprovalsParts {
  settings: ApprovalSettings;
  file: string;
  ask: AskApproval;
  pool: Pick<ServerPool, 'connection' | 'definitions'>;
  onWarning: (error: unknown) => void;
  onMode: () => void;
}

/** Approval of the chat, loaded at the first call that needs it. */
export interface ApprovalDesk {
  approvals: ChatApprovals;
  approve: Approve;
  /** Something about the servers changed. */
  recheck: () => void;
  /** Milliseconds in which a person was asked. */
  askedMs: () => number;
}

export function createApprovalDesk(parts: ApprovalsParts): ApprovalDesk {
  let mode: ChatApprovalMode = parts.settings.mode;
  let opened: Approver | undefined;
  let opening: Promise<{ book: RuleBook; approver: Approver }> | undefined;
  const look = createLook(parts.pool);

  async function open() {
    const [{ createApprovalStore }, { createRuleBook }, { createApprover }] = await Promise.all([
      import('./approval-store.js'),
      import('./rule-book.js'),
      import('./approver.js'),
    ]);
    const { settings, ask, onWarning } = parts;
    const store = createApprovalStore(parts.file);
    const book = createRuleBook({ store, onUnusable: onWarning });
    opened = createApprover({ settings, mode: () => mode, ask, book, look, onWarning });
    return { book, approver: opened };
  }
  const desk = () => (opening ??= open());

  return {
    approve: async (call, signal) => (await desk()).approver.approve(call, signal),
    recheck: () => opened?.recheck(),
    askedMs: () => opened?.askedMs() ?? 0,
    approvals: {
      mode: () => mode,
      setMode(next) {
        mode = next;
        opened?.reconsider();
        parts.onMode();
      },
      rules: async () =>
        (await (await desk()).book.rules()).map((rule) => toView(rule, parts.pool)),
      forget: async (id) => (await desk()).book.forget(id),
    },
  };
}

type Look = (server: string, tool: string) => CurrentTool | undefined;

function createLook(pool: ApprovalsParts['pool']): Look {
  return (server, name) => {
    const connection = pool.connection(server);
    const definition = definitionOf(pool, server);
    const tool = connection?.tools.find((each) => each.name === name);
    if (connection === undefined || definition === undefined || tool === undefined)
      return undefined;
    const identity = identityOf(definition);
    const destructive = isDestructive(tool);
    const subject = { server, identity, tool: name, pin: pinOf(tool), destructive };
    return { tool, subject, connection, definition };
  };
}

function toView(rule: Rule, pool: ApprovalsParts['pool']): ApprovalRule {
  const { id, server, scope, since } = rule;
  const stale = isStale(rule, pool);
  const [name = ''] = rule.pins.keys();
  const tool = rule.all ? '*' : name;
  return { id, server, tool, scope, since, ...(stale === undefined ? {} : { stale }) };
}

/** Undefined while its server, or its tool, is not there to compare with. */
function isStale(rule: Rule, pool: ApprovalsParts['pool']): boolean | undefined {
  const definition = definitionOf(pool, rule.server);
  if (definition === undefined) return undefined;
  if (identityOf(definition) !== rule.identity) return true;
  if (rule.all) return false;
  const tools = pool.connection(rule.server)?.tools;
  if (tools === undefined) return undefined;
  const [name, pin] = [...rule.pins][0] ?? [];
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) return undefined;
  return pinOf(tool) !== pin || (rule.scope === 'always' && isDestructive(tool));
}

function definitionOf(
  pool: Pick<ServerPool, 'definitions'>,
  server: string,
): ServerDefinition | undefined {
  return pool.definitions().find(({ id }) => id === server);
}
