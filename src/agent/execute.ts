import type { ResultImage } from '../core/events.js';
import type { JsonObject } from '../core/json.js';
import type { ImageData } from '../core/messages.js';
import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { withSignal } from '../core/wait.js';
import { toModelResult } from '../mcp/result.js';
import type { Progress, ToolContent, ToolResult } from '../mcp/types.js';
import { isDeeperThan } from './depth.js';
import type { Answer, CallContext } from './types.js';
import { validateStructured } from './validate.js';

/** Characters of a name in a warning. */
const NAME_CHARS = 100;

/** Calls the tool and reads its result. Rejects as `Connection.call` does, and when the signal fires. */
export async function executeCall(context: CallContext, args: JsonObject): Promise<Answer> {
  const { call, tool, emit, input } = context;
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
  const safe = toSafe(raw);
  const result = tool.outputSchema === undefined ? safe : await toFitting(safe, context);
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

/**
 * A result whose `structuredContent` breaks the tool's own word becomes an error: the model reads why
 * and what else was sent, and nobody is handed the structure.
 */
async function toFitting(result: ToolResult, { tool, emit }: CallContext): Promise<ToolResult> {
  const { structured, ...rest } = result;
  const { server, name, outputSchema } = tool;
  if (structured === undefined || outputSchema === undefined || result.isError) return result;
  const problems = (await validateStructured(structured, outputSchema)).join('; ');
  if (problems === '') return result;
  const what = `does not fit the output schema of the tool: ${problems}`;
  const message = `${server}: the result of ${name.slice(0, NAME_CHARS)} ${what}`;
  emit({ type: 'log', level: 'warning', server, message: redact(toTerminalLine(message)) });
  const text = `Error: the result ${what}. It is left out. The rest of what the tool sent:`;
  return { ...rest, isError: true, content: [{ type: 'text', text }, ...rest.content] };
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
