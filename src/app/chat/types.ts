import type { AskApproval, ChatAsks, ExportFormat } from '../../core/chat.js';
import type { ChatMessage } from '../../core/messages.js';
import type { ExportHead } from '../sessions/export-turns.js';
import type { LoadedSession, SessionStore } from '../sessions/types.js';

/** A conversation as a document (`exportConversation`). Secrets are replaced. */
export type ExportAs = (
  messages: readonly ChatMessage[],
  format: ExportFormat,
  head: ExportHead,
) => string;

/** What an interactive conversation needs beside the settings. A question that cannot be asked gets a no. */
export interface ChatOptions extends Partial<ChatAsks> {
  /** The environment: of it children inherit six harmless variables, and headers typed in the chat may name one. */
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Asks a person about a call; one at a time. */
  ask: AskApproval;
  /** The YAML file with the rules of `always`; made at the first one. */
  approvalsFile: string;
  exportAs: ExportAs;
  /** Where conversations are kept; left out with `--no-session`. */
  sessions?: SessionStore;
  /** An earlier session to go on with. */
  resume?: LoadedSession;
  /** Where images of tool results are saved; left out, they are only named. */
  imagesDir?: string;
  /** Servers are dialled when it resolves, e.g. after the first frame; left out, at once. */
  startAfter?: Promise<void>;
}
