import { isRecord, type JsonValue } from '../core/json.js';
import type { ToolContent, ToolResult } from './types.js';

export { toModelResult } from './model-result.js';

/** Pieces of content that are looked at; more are counted only. */
const MAX_PIECES = 1000;
/** Characters of base64 in one image, sound or blob: 16 MiB of bytes. */
const MAX_BASE64_CHARS = 22 * 1024 * 1024;

/**
 * A server's answer to `tools/call` (2025-11-25/server/tools#tool-result) as a `ToolResult`. Takes
 * every shape: the `toolResult` of 2024-10-07, missing content, unknown types, which are told as text.
 */
export function toToolResult(raw: unknown): ToolResult {
  if (!isRecord(raw)) return { isError: false, content: [text(JSON.stringify(raw) ?? '')] };
  const isError = raw['isError'] === true;
  const structured = raw['structuredContent'];
  const base = {
    isError,
    ...(structured === undefined || structured === null
      ? {}
      : { structured: structured as JsonValue }),
  };
  if (!Array.isArray(raw['content'])) {
    const old = raw['toolResult'];
    return { ...base, content: old === undefined ? [] : [text(asText(old))] };
  }
  const pieces: unknown[] = raw['content'];
  const content = pieces.slice(0, MAX_PIECES).map(toContent);
  const more = pieces.length - content.length;
  if (more > 0) content.push(text(`[${more} more pieces of content left out]`));
  return { ...base, content };
}

export function toContent(piece: unknown): ToolContent {
  if (!isRecord(piece)) return text(asText(piece));
  const { type } = piece;
  switch (type) {
    case 'text':
      return text(asText(piece['text'] ?? ''));
    case 'image':
    case 'audio':
      return toBinary(type, piece);
    case 'resource_link':
      return {
        type: 'resource_link',
        uri: asText(piece['uri'] ?? ''),
        ...strings(piece, ['name', 'mimeType', 'description']),
      };
    case 'resource':
      return toResource(piece['resource']);
    default:
      return text(`[content of unknown type ${JSON.stringify(type)}: ${asText(piece)}]`);
  }
}

function toBinary(type: 'image' | 'audio', piece: Record<string, unknown>): ToolContent {
  const data = decode(piece['data']);
  if (data === undefined) return text(`[${type} that cannot be decoded or is too large]`);
  const fallback = type === 'image' ? 'image/png' : 'audio/wav';
  const { mimeType = fallback } = strings(piece, ['mimeType']);
  return { type, data, mimeType };
}

export function toResource(resource: unknown): ToolContent {
  if (!isRecord(resource)) return text('[resource without contents]');
  const uri = asText(resource['uri'] ?? '');
  const mime = strings(resource, ['mimeType']);
  if (typeof resource['text'] === 'string') {
    return { type: 'resource', uri, ...mime, text: resource['text'] };
  }
  const blob = decode(resource['blob']);
  if (blob === undefined) return text(`[resource ${uri} that cannot be decoded or is too large]`);
  return { type: 'resource', uri, ...mime, blob };
}

/** Base64 to bytes; undefined for what is no base64 or too long. */
function decode(data: unknown): Uint8Array | undefined {
  if (typeof data !== 'string' || data.length > MAX_BASE64_CHARS) return undefined;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length === 0 && data.length > 0 ? undefined : bytes;
}

function strings<K extends string>(
  from: Record<string, unknown>,
  keys: K[],
): { [key in K]?: string } {
  const found: { [key in K]?: string } = {};
  for (const key of keys) {
    const value = from[key];
    if (typeof value === 'string') found[key] = value;
  }
  return found;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function text(value: string): ToolContent {
  return { type: 'text', text: value };
}
