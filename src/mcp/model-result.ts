import type { ImageData } from '../core/messages.js';
import { toModelText } from '../core/terminal-text.js';
import { canonicalJson } from '../core/canonical-json.js';
import type { ToolContent, ToolResult } from './types.js';

export interface ModelResultOptions {
  /** Characters of the text; the middle is left out beyond. */
  maxChars: number;
  /** The model can look at images. */
  vision: boolean;
}

/** A tool result as a model reads it. */
export interface ModelResult {
  text: string;
  images: readonly ImageData[];
}

/** What is kept of a text that is too long: the beginning tells what it is, the end how it went. */
const HEAD_SHARE = 0.75;
/** Image types that vision models decode. */
const VISIBLE = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/bmp']);

/** Text joined, images for a model that sees, a short description of everything else. */
export function toModelResult(
  result: ToolResult,
  { maxChars, vision }: ModelResultOptions,
): ModelResult {
  const images: ImageData[] = [];
  const parts: string[] = [];
  for (const piece of result.content) {
    if (vision && piece.type === 'image' && VISIBLE.has(piece.mimeType.toLowerCase())) {
      images.push({ data: piece.data, mimeType: piece.mimeType });
      parts.push(`[image ${images.length}]`);
    } else {
      const part = describePiece(piece);
      if (part !== '') parts.push(part);
    }
  }
  const structured = structuredText(result, parts);
  if (structured !== undefined) parts.push(structured);
  const body = toModelText(parts.join('\n')) || '(no output)';
  const text = result.isError && !/^error\b/i.test(body) ? `Error: ${body}` : body;
  return { text: cutMiddle(text, maxChars), images };
}

/** Text with its middle replaced by a mark that says how much is missing; never longer than `maxChars` plus the mark. */
export function cutMiddle(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const head = Math.floor(maxChars * HEAD_SHARE);
  const tail = Math.max(0, maxChars - head);
  const left = text.length - head - tail;
  const mark = `\n[… ${left} of ${text.length} characters left out …]\n`;
  // A cut through a surrogate pair would leave half a character on each side.
  return `${text.slice(0, head)}${mark}${tail === 0 ? '' : text.slice(-tail)}`.toWellFormed();
}

/** A piece of content as text: itself, or a short description. */
export function describePiece(piece: ToolContent): string {
  switch (piece.type) {
    case 'text':
      return piece.text;
    case 'image':
    case 'audio':
      return `[${piece.type} ${label(piece.mimeType)}, ${size(piece.data.length)}]`;
    case 'resource_link': {
      const name = piece.name === undefined ? '' : `${label(piece.name)}: `;
      const about = piece.description === undefined ? '' : ` (${piece.description})`;
      return `[link ${name}${label(piece.uri)}${about}]`;
    }
    case 'resource': {
      const type = piece.mimeType === undefined ? '' : ` ${label(piece.mimeType)}`;
      return 'text' in piece
        ? `[resource ${label(piece.uri)}${type}]\n${piece.text}`
        : `[resource ${label(piece.uri)}${type}, ${size(piece.blob.length)}]`;
    }
  }
}

/**
 * `structuredContent` as JSON, unless the text already says the same: servers SHOULD repeat it there
 * (2025-11-25/server/tools#structured-content).
 */
function structuredText(
  { structured, isError }: ToolResult,
  parts: readonly string[],
): string | undefined {
  if (structured === undefined) return undefined;
  const json = JSON.stringify(structured);
  if (isError && parts.length > 0) return undefined;
  return parts.some((part) => sameJson(part, json)) ? undefined : json;
}

function sameJson(text: string, json: string): boolean {
  if (text === json) return true;
  if (!/^\s*[[{"\d-tfn]/.test(text)) return false;
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(JSON.parse(json));
  } catch {
    return false;
  }
}

function label(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
