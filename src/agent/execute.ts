import type { ResultImage } from '../core/events.js';
import type { JsonObject } from '../core/json.js';
import type { ImageData } from '../core/messages.js';
import { redact } from '../core/redact.js';
import { withSignal } from '../core/wait.js';
import { toModelResult } from '../mcp/result.js';
import type { Progress, ToolContent, ToolResult } from '../mcp/types.js';
import { isDeeperThan } from './depth.js';
import type { Answer, CallContext } from './types.js';

/** Calls the tool and reads its result. Rejects as `Connection.call` does, and when the signal fires. */
export async function executeCall(
  { call, tool, emit, input }: CallContext,
  args: JsonObject,
): Promise<Answer> {
  const { deps, info, signal, maxResultChars } = input;
  const onProgress = ({ progress, total, message }: Progress) =>
    emit({
      type: 'tool_progress',
      tool_id: call.id,
      progress,
      ...(total === undefined ? {} : { total }),
      ...(message === undefined ? {} : { message: redact(message) }),
    });
  const raw = await withSignal(deps.call(tool, args, { id: call.id, signal, onProgress }), signal);
  const result = toSafe(raw);
  const { text, images } = toModelResult(result, {
    maxChars: maxResultChars,
    vision: info.vision,
  });
  const found = result.content.flatMap((piece) => (piece.type === 'image' ? [piece] : []));
  const resultImages = found.length === 0 ? [] : await (deps.keepImages ?? nameOnly)(found);
  return {
    status: result.isError ? 'error' : 'success',
    output: text,
    images,
    resultImages,
    ...(result.structured === undefined ? {} : { structured: result.structured }),
  };
}

/** Where nothing is saved. */
function nameOnly(images: readonly ImageData[]): Promise<ResultImage[]> {
  return Promise.resolve(
    images.map(({ data, mimeType }) => ({ mime_type: mimeType, size: data.length })),
  );
}

/** Redacted before anything is cut out, so that no half of a secret is left; without what is nested endlessly. */
function toSafe({ structured, content, ...rest }: ToolResult): ToolResult {
  const safe = { ...rest, content: content.map(redactPiece) };
  if (structured === undefined) return safe;
  if (!isDeeperThan(structured)) return { ...safe, structured };
  const note = '[structured content that is nested too deeply]';
  return { ...safe, content: [...safe.content, { type: 'text', text: note }] };
}

function redactPiece(piece: ToolContent): ToolContent {
  return 'text' in piece ? { ...piece, text: redact(piece.text) } : piece;
}
