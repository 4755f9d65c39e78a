import type { Attachment, Outgoing, PromptMessage } from '../../core/chat.js';
import type { ChatMessage, ImageData } from '../../core/messages.js';
import { redact } from '../../core/redact.js';
import { toModelText } from '../../core/terminal-text.js';
import { toModelResult } from '../../mcp/result.js';
import type { ToolContent } from '../../mcp/types.js';
import { imageExtension } from './image-store.js';

/** A piece of a resource as it can be attached: images as such, everything else as text. */
export function toAttachment(content: ToolContent, uri: string): Attachment {
  const name = 'uri' in content ? content.uri : uri;
  const image = toImage(content);
  if (image !== undefined) return { kind: 'image', name, image };
  if ('text' in content) return { kind: 'text', name, text: content.text };
  const options = { maxChars: 1000, vision: false };
  const { text } = toModelResult({ isError: false, content: [content] }, options);
  return { kind: 'text', name, text };
}

function toImage(content: ToolContent): ImageData | undefined {
  const data =
    content.type === 'image' ? content.data : 'blob' in content ? content.blob : undefined;
  if (data === undefined || imageExtension(data) === undefined) return undefined;
  const mimeType = 'mimeType' in content ? content.mimeType : undefined;
  return { data, mimeType: mimeType ?? 'application/octet-stream' };
}

/** The messages that a prompt puts into the conversation, at least one. */
export function toMessages({ text, attachments = [], messages = [] }: Outgoing): ChatMessage[] {
  const extra = attachments.flatMap((item) => (item.kind === 'text' ? [toBlock(item)] : []));
  const images = attachments.flatMap((item) => (item.kind === 'image' ? [item.image] : []));
  if (messages.length === 0) return [toUser([text, ...extra].join('\n\n'), images)];
  const own = messages.map(toMessage);
  return extra.length === 0 && images.length === 0
    ? own
    : [...own, toUser(extra.join('\n\n') || '[Attached images]', images)];
}

function toUser(content: string, images: readonly ImageData[]): ChatMessage {
  return { role: 'user', content, ...(images.length === 0 ? {} : { images }) };
}

/** Words of a server: without secrets, and without what only a model would see. */
function toMessage({ role, text, images = [] }: PromptMessage): ChatMessage {
  const content = redact(toModelText(text));
  return role === 'user' ? toUser(content, images) : { role, content };
}

/** A text under its name, in a fence that is longer than any in it. */
function toBlock({ name, text }: { name: string; text: string }): string {
  const content = redact(toModelText(text));
  const longest = (content.match(/`{3,}/g) ?? []).reduce(
    (most, { length }) => Math.max(most, length),
    2,
  );
  const fence = '`'.repeat(longest + 1);
  const label = toModelText(name).replaceAll(/\s+/g, ' ');
  return `[Attached: ${redact(label)}]\n${fence}\n${content}\n${fence}`;
}
