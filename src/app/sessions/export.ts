import type { ExportFormat } from '../../core/chat.js';
import type { ChatMessage } from '../../core/messages.js';
import { toJsonLine } from '../../core/output-json.js';
import { redact } from '../../core/redact.js';
import { toHtml } from './export-html.js';
import { toMarkdown } from './export-markdown.js';
import type { ExportHead, Transcript } from './export-turns.js';
import { toMessageJson } from './message-json.js';

const EXPORT_VERSION = 1;

/**
 * The conversation as a file: `md` to read and paste, `json` on one line for programs
 * (docs/sessions.md), `html` to open in a browser. Text of servers and models cannot act on a
 * terminal or a browser in any of them.
 */
export function exportConversation(
  messages: readonly ChatMessage[],
  format: ExportFormat,
  head: ExportHead,
): string {
  const transcript: Transcript = {
    id: redact(head.id),
    title: redact(head.title),
    model: redact(head.model),
    created: redact(head.created),
    messages: messages.map(toMessageJson),
  };
  switch (format) {
    case 'md':
      return toMarkdown(transcript);
    case 'html':
      return toHtml(transcript);
    case 'json':
      return `${toJsonLine({ version: EXPORT_VERSION, ...transcript })}\n`;
  }
}
