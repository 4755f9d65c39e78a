import type { Settings } from '../../config/types.js';
import type { ApprovalDesk } from './chat-approvals.js';
import type { AskDesk } from './chat-asks.js';
import type { ModelHolder } from './chat-model.js';
import type { SessionKeeper } from './chat-sessions.js';
import type { Dialogue } from './dialogue.js';
import type { Hub } from './hub.js';
import type { LiveServers } from './live-servers.js';
import type { LogLevels } from './log-levels.js';
import type { Offers } from './offers.js';
import type { Subscriptions } from './subscriptions.js';
import type { ToolBook } from './tool-book.js';
import type { ChatOptions } from './types.js';
import type { Work } from './work.js';

/** Everything a chat is put together from. */
export interface ChatParts {
  settings: Settings;
  options: ChatOptions;
  hub: Hub;
  servers: LiveServers;
  tools: ToolBook;
  offers: Offers;
  model: ModelHolder;
  dialogue: Dialogue;
  sessions: SessionKeeper;
  desk: ApprovalDesk;
  asks: AskDesk;
  subscriptions: Subscriptions;
  logLevels: LogLevels;
  work: Work;
}
