import type { JsonObject } from '../../core/json.js';
import type { MessageJson } from './message-json.js';

/** What the transcript is of. */
export interface ExportHead {
  id: string;
  /** The session's name, or the beginning of its first prompt. */
  title: string;
  model: string;
  /** ISO 8601. */
  created: string;
}

/** Everything a format shows; no secret is left in it. */
export interface Transcript extends ExportHead {
  messages: readonly MessageJson[];
}

type Images = NonNullable<MessageJson['images']>;

/** A tool call with what came of it; a broken-off conversation has calls without results. */
export interface ToolTurn {
  kind: 'tool';
  name: string;
  arguments?: JsonObject;
  result?: string;
  images: Images;
}

/** What stands under one heading of a transcript. */
export type Turn =
  | { kind: 'system' | 'user'; text: string; images: Images }
  | { kind: 'assistant'; text: string; thinking: string }
  | ToolTurn;

/** The conversation as a person reads it: every result behind its call. */
export function toTurns(messages: readonly MessageJson[]): Turn[] {
  const turns: Turn[] = [];
  const open = new Map<string, ToolTurn>();
  for (const message of messages) {
    const { role, content, images = [] } = message;
    if (role === 'tool') {
      const id = message.tool_call_id ?? '';
      const call = open.get(id);
      const answer = { result: content, images };
      if (call === undefined)
        turns.push({ kind: 'tool', name: message.tool_name ?? '', ...answer });
      else Object.assign(call, answer);
      // Models that give no ids of their own may use one again.
      open.delete(id);
    } else if (role === 'assistant') {
      const { thinking = '', tool_calls: calls = [] } = message;
      if (content.trim() !== '' || thinking.trim() !== '') {
        turns.push({ kind: 'assistant', text: content, thinking });
      }
      for (const { id, name, arguments: args } of calls) {
        const turn: ToolTurn = { kind: 'tool', name, arguments: args, images: [] };
        open.set(id, turn);
        turns.push(turn);
      }
    } else turns.push({ kind: role, text: content, images });
  }
  return turns;
}

/** Arguments on lines of their own, or nothing. */
export function formatArguments(args: JsonObject | undefined): string {
  return args === undefined || Object.keys(args).length === 0 ? '' : JSON.stringify(args, null, 2);
}

/** `1 image (image/png, 4 KB)` for a place where it cannot be shown. */
export function describeImage({ mime_type: type, data }: Images[number]): string {
  return `image (${type}, ${Math.ceil((data.length * 3) / 4 / 1000)} KB)`;
}
