import { formatBytes } from '../../core/sizes.js';
import { describePiece } from '../../mcp/model-result.js';
import type { ToolContent } from '../../mcp/types.js';

/** What is not text, with where it belongs. */
export interface Blob {
  data: Uint8Array;
  mimeType: string;
  /** Of an embedded resource. */
  uri?: string;
}

/** A piece of a server's answer as a person at a terminal takes it; hostile text, unchanged. */
export type Shown = { text: string } | { blob: Blob };

export function toShown(piece: ToolContent): Shown {
  switch (piece.type) {
    case 'image':
    case 'audio':
      return { blob: { data: piece.data, mimeType: piece.mimeType } };
    case 'resource':
      if (!('blob' in piece)) return { text: describePiece(piece) };
      return { blob: { data: piece.blob, mimeType: mimeOf(piece), uri: piece.uri } };
    default:
      return { text: describePiece(piece) };
  }
}

/** `[image/png, 12.3 KB]`: in the place of what cannot be printed. */
export function blobWords({ data, mimeType, uri }: Blob): string {
  const parts = [uri ?? '', mimeType, formatBytes(data.length)].filter((part) => part !== '');
  return `[${parts.map((part) => part.slice(0, 300)).join(', ')}]`;
}

export function mimeOf({ mimeType }: { mimeType?: string }): string {
  return mimeType ?? 'application/octet-stream';
}
