import type { ApprovalMode, ApprovalSettings } from '../config/types.js';
import { matchesGlob } from '../core/glob.js';
import type { RegisteredTool } from '../mcp/types.js';
import type { Approve, PendingCall, Verdict } from './types.js';

/** Asks a person; present only where there is one. */
export type Ask = (call: PendingCall, signal: AbortSignal) => Promise<Verdict>;

export interface ApprovalOptions {
  settings: ApprovalSettings;
  /** Globs on tool names that a server's own configuration lets pass, by server id. */
  autoApprove: ReadonlyMap<string, readonly string[]>;
  ask?: Ask;
}

/**
 * The policy: deny patterns win, then allow patterns and the servers' `autoApprove`, then the mode.
 * What a server says of its tools (`readOnlyHint`) never counts.
 */
export function createApproval({ settings, autoApprove, ask }: ApprovalOptions): Approve {
  return async (call, signal) => {
    const verdict =
      byPatterns(call.tool, settings, autoApprove.get(call.tool.server)) ?? byMode(settings.mode);
    if (verdict !== undefined) return verdict;
    if (ask !== undefined) return ask(call, signal);
    return {
      decision: 'deny',
      source: 'policy',
      reason: 'nobody can be asked for approval here',
      unattended: true,
    };
  };
}

/** What the patterns of the configuration say; `own` are those of the tool's server. */
export function byPatterns(
  tool: RegisteredTool,
  { allow, deny }: Pick<ApprovalSettings, 'allow' | 'deny'>,
  own: readonly string[] = [],
): Verdict | undefined {
  const denied = deny.find((pattern) => matchesTool(pattern, tool));
  if (denied !== undefined) {
    return { decision: 'deny', source: 'rule', reason: `denied by the rule "${denied}"` };
  }
  const allowed =
    allow.some((pattern) => matchesTool(pattern, tool)) ||
    own.some((pattern) => matchesGlob(pattern, tool.name));
  return allowed ? { decision: 'allow', source: 'rule' } : undefined;
}

/** What the mode says; undefined when somebody has to be asked. */
export function byMode(mode: ApprovalMode): Verdict | undefined {
  if (mode === 'auto') return { decision: 'allow', source: 'policy' };
  if (mode === 'ask') return undefined;
  return { decision: 'deny', source: 'policy', reason: 'no rule allows this tool' };
}

/**
 * `server/tool` globs. A pattern without `/` is a server (`github` = all its tools), and the
 * model's spelling `server__tool` works too.
 */
export function matchesTool(pattern: string, tool: RegisteredTool): boolean {
  if (matchesGlob(pattern, `${tool.server}/${tool.name}`) || matchesGlob(pattern, tool.alias)) {
    return true;
  }
  return !pattern.includes('/') && matchesGlob(pattern, tool.server);
}
