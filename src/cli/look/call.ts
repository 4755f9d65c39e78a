import { toArguments } from '../../app/workbench/arguments.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { escapeJson } from '../../core/output-json.js';
import { redactValue } from '../../core/redact.js';
import type { Connection, ServerTool, ToolResult } from '../../mcp/types.js';
import { rawOf } from '../../mcp/raw-of.js';
import { textFlag } from '../commands/command.js';
import { blobWords, toShown } from './content.js';
import { parseArguments, readArguments, readsStdin } from './input.js';
import type { ListWords } from './lists.js';
import { checkDepth, safe, writeJson } from './output.js';
import type { ProgressView } from './progress.js';
import { onServer, runAsking, type CommandInput, type Run } from './run.js';
import type { SavePlace } from './save.js';
import { neededTarget, splitTarget, typedTarget } from './target-words.js';
import { unknownTool } from './unknown.js';
import { isRaw, printable, saveBlobs, writeBytes } from './write.js';
import type { TargetWords } from '../server-target.js';

const USAGE = 'ostler call SERVER TOOL name=value …, or: ostler call TOOL name=value … -- COMMAND';

/** `ostler call`: the result on stdout. Throws `tool_error` when the tool reports one. */
export async function runCall({ words, behind }: ListWords, input: CommandInput): Promise<number> {
  const { target, rest } = splitTarget(words, behind);
  const [name, ...typedWords] = rest;
  const server = neededTarget(target, USAGE);
  if (name === undefined) throw whichTool(server);
  const typed = parseArguments(typedWords, textFlag(input.flags['args']));
  return runAsking(input, async (run) => {
    const place = await placeOf(run);
    const given = readArguments(typed, run);
    // A pipe may be slow: the server starts meanwhile.
    if (readsStdin(typed)) given.catch(() => {});
    else await given;
    await onServer(server, run, async ({ connection, asking }) => {
      const tool = findTool(name, connection, server);
      const args = toArguments(await given, tool.inputSchema);
      if (run.flags['validate'] !== false) await check(args, tool, { target: server, run });
      const result = await call({ connection, name, asking }, args, run);
      if (run.flags['validate'] !== false) await checkResult(result, tool, run);
      await writeResult(result, { name, place, run });
      if (result.isError) throw toolError(connection.id, name);
    });
    return 0;
  });
}

function whichTool(target: TargetWords): OstlerError {
  const { before, behind } = typedTarget(target);
  return new OstlerError('usage', 'Which tool?', {
    hint: safe(`See what there is: ostler tools${before}${behind}`),
  });
}

async function placeOf({ flags, io }: Run): Promise<SavePlace | undefined> {
  const output = textFlag(flags['output']);
  if (output === undefined) return undefined;
  const { findPlace } = await import('./save.js');
  return findPlace(output, io.cwd);
}

function findTool(name: string, { id, tools }: Connection, target: TargetWords): ServerTool {
  const found = tools.find((tool) => tool.name === name);
  if (found !== undefined) return found;
  const known = tools.map((tool) => tool.name);
  throw unknownTool(name, known, { server: id, target });
}

/** Throws `usage` that names each problem. */
async function check(
  args: JsonObject,
  { name, inputSchema }: ServerTool,
  { target, run }: { target: TargetWords; run: Run },
): Promise<void> {
  const { checkArguments } = await import('../../app/workbench/check-arguments.js');
  const { problems, warnings } = await checkArguments(args, inputSchema);
  for (const warning of warnings) run.notes.warn(`${warning}.`);
  if (problems.length === 0) return;
  const { before, behind } = typedTarget(target);
  const lines = problems.map((problem) => `\n${safe(problem)}`).join('');
  throw new OstlerError('usage', `${name} does not take these arguments:${lines}`, {
    hint: safe(
      `See what it takes: ostler tools${before} ${name}${behind} (--no-validate sends them as they are)`,
    ),
  });
}

/** Warns when the tool does not keep its word about `structuredContent`; the result is shown all the same. */
async function checkResult(
  { structured, isError }: ToolResult,
  { name, outputSchema }: ServerTool,
  { notes }: Run,
): Promise<void> {
  if (structured === undefined || outputSchema === undefined || isError) return;
  const { validateStructured } = await import('../../app/workbench/check-result.js');
  const problems = (await validateStructured(structured, outputSchema)).join('; ');
  if (problems === '') return;
  notes.warn(`${name}: its result does not fit its output schema: ${problems}.`);
}

interface Called {
  connection: Connection;
  name: string;
  asking: () => boolean;
}

async function call(
  { connection, name, asking }: Called,
  args: JsonObject,
  { signal, io, notes }: Run,
): Promise<ToolResult> {
  let view: ProgressView | undefined;
  const plain = io.env['TERM'] === 'dumb' || (io.env['CI'] ?? '') !== '';
  const shows = notes.level === 'verbose' || (notes.level === 'normal' && io.stderr.isTTY === true);
  if (shows) {
    const { createProgress } = await import('./progress.js');
    view = createProgress(io.stderr, notes, { plain });
  }
  try {
    return await connection.call(name, args, {
      signal,
      // It would be drawn over the question.
      onProgress: (progress) => void (asking() || view?.update(progress)),
    });
  } finally {
    view?.end();
  }
}

function toolError(server: string, name: string): OstlerError {
  return new OstlerError('tool_error', `${server}: ${name} reported an error.`, { server });
}

interface ResultPlace {
  name: string;
  place: SavePlace | undefined;
  run: Run;
}

async function writeResult(result: ToolResult, { name, place, run }: ResultPlace): Promise<void> {
  const shown = result.content.map(toShown);
  const blobs = shown.flatMap((piece) => ('blob' in piece ? [piece.blob] : []));
  if (place !== undefined) {
    if (blobs.length === 0) run.notes.say('There is nothing to save: the tool returned text only.');
    await saveBlobs(blobs, place, { stem: name, run });
  }
  if (run.json) return writeJson(run, rawResult(result));
  const [only] = blobs;
  if (isRaw(run) && place === undefined && only !== undefined && shown.length === 1) {
    return writeBytes(only.data, run);
  }
  const lines = shown.flatMap((piece) => {
    if ('text' in piece) return [printable(piece.text, run)];
    return place === undefined ? [safe(blobWords(piece.blob))] : [];
  });
  const hasText = shown.some((piece) => 'text' in piece);
  if (!hasText && result.structured !== undefined) lines.push(pretty(result.structured));
  await writeLines(lines, run);
}

function pretty(value: unknown): string {
  checkDepth(value);
  return escapeJson(JSON.stringify(redactValue(value), null, 2));
}

async function writeLines(lines: readonly string[], run: Run): Promise<void> {
  const text = lines.join('\n');
  if (lines.length === 0) return;
  await run.stdout.write(isRaw(run) || text.endsWith('\n') ? text : `${text}\n`);
}

/** The server's own `CallToolResult`; a call that it refused has none. */
function rawResult(result: ToolResult): unknown {
  const raw = rawOf(result);
  return isRecord(raw) ? raw : { content: result.content, isError: result.isError };
}
