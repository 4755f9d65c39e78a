import type { ApprovalSettings } from '../config/types.js';
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
    const denied = settings.deny.find((pattern) => matchesTool(pattern, call.tool));
    if (denied !== undefined) {
      return { decision: 'deny', source: 'rule', reason: `denied by the rule "${denied}"` };
    }
    const own = autoApprove.get(call.tool.server) ?? [];
    const allowed =
      settings.allow.some((pattern) => matchesTool(pattern, call.tool)) ||
      own.some((pattern) => matchesGlob(pattern, call.tool.name));
    if (allowed) return { decision: 'allow', source: 'rule' };
    if (settings.mode === 'auto') return { decision: 'allow', source: 'policy' };
    if (settings.mode === 'never') {
      return { decision: 'deny', source: 'policy', reason: 'no rule allows this tool' };
    }
    if (ask !== undefined) return ask(call, signal);
    return {
      decision: 'deny',
      source: 'policy',
      reason: 'nobody can be asked for approval here',
      unattended: true,
    };
  };
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
