import type { Subject } from '../../agent/rules.js';
import type { ApprovalSettings, ServerDefinition } from '../../config/types.js';
import type { AskApproval, ChatApprovalMode } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import type { Connection, ServerTool } from '../../mcp/types.js';
import type { RuleBook } from './rule-book.js';

/** A tool as it is at this moment, and where. */
export interface CurrentTool {
  tool: ServerTool;
  subject: Subject;
  connection: Connection;
  definition: ServerDefinition;
}

export interface ApproverParts {
  settings: Pick<ApprovalSettings, 'allow' | 'deny'>;
  mode: () => ChatApprovalMode;
  ask: AskApproval;
  book: RuleBook;
  /** Undefined while its server is not connected, or does not offer it any more. */
  look: (server: string, tool: string) => CurrentTool | undefined;
  onWarning: (error: unknown) => void;
}

/** The tool as it is now. Throws `server_failed` when it is not there. */
export function present(
  { look }: Pick<ApproverParts, 'look'>,
  server: string,
  tool: string,
): CurrentTool {
  const current = look(server, tool);
  if (current !== undefined) return current;
  throw new OstlerError(
    'server_failed',
    `${server} is not connected, or has no ${tool} any more.`,
    {
      server,
    },
  );
}
