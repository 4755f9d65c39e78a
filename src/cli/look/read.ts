import { OstlerError } from '../../core/errors.js';
import { suggestion } from '../../app/workbench/suggest.js';
import { rawOf } from '../../mcp/raw-of.js';
import type { Connection, ToolContent } from '../../mcp/types.js';
import { textFlag } from '../commands/command.js';
import type { TargetWords } from '../server-target.js';
import { blobWords, mimeOf, type Blob } from './content.js';
import type { ListWords } from './lists.js';
import { safe, writeJson } from './output.js';
import { onServer, runAsking, type CommandInput, type Run } from './run.js';
import { findPlace, type SavePlace } from './save.js';
import { neededTarget, splitTarget, typedTarget } from './target-words.js';
import { isRaw, printable, saveBlobs, writeBytes } from './write.js';

const USAGE = 'ostler read SERVER URI, or: ostler read URI -- COMMAND';

/** `ostler read`: a resource on stdout. Returns the exit code. */
export async function runRead({ words, behind }: ListWords, input: CommandInput): Promise<number> {
  const { target, rest } = splitTarget(words, behind, { most: 1, uris: true });
  const [uri] = rest;
  const server = neededTarget(target, USAGE);
  if (uri === undefined) throw whichResource(server);
  return runAsking(input, async (run) => {
    const output = textFlag(run.flags['output']);
    const place = output === undefined ? undefined : await findPlace(output, run.io.cwd);
    await onServer(server, run, async ({ connection }) => {
      const contents = await read(connection, uri, { target: server, run });
      if (run.json) await writeJson(run, rawOf(contents) ?? { contents });
      const parts = partsOf(contents, run);
      if (place !== undefined) await save(parts, place, run);
      else if (!run.json) await write(parts, run);
    });
    return 0;
  });
}

function whichResource(target: TargetWords): OstlerError {
  const { before, behind } = typedTarget(target);
  return new OstlerError('usage', 'Which resource?', {
    hint: safe(`See what there is: ostler resources${before}${behind}`),
  });
}

interface ReadPlace {
  target: TargetWords;
  run: Run;
}

/** A refusal is told with the URI that was most likely meant. */
async function read(
  connection: Connection,
  uri: string,
  { target, run: { signal } }: ReadPlace,
): Promise<readonly ToolContent[]> {
  try {
    return await connection.readResource(uri, signal);
  } catch (error) {
    const refused = error instanceof OstlerError && error.code === 'server_failed';
    if (!refused || !connection.info.offers.resources || signal.aborted) throw error;
    const known = await connection.listResources(signal).catch(() => []);
    const near = suggestion(
      uri,
      known.map((resource) => resource.uri),
    );
    const { before, behind } = typedTarget(target);
    const list = `ostler resources${before}${behind}`;
    throw new OstlerError(error.code, error.message, {
      cause: error,
      server: error.server,
      hint: safe(
        near === undefined ? `See what there is: ${list}` : `Did you mean ${near}? (${list})`,
      ),
    });
  }
}

/** One piece of a resource. */
type Part = { uri: string; mimeType: string } & ({ text: string } | { data: Uint8Array });

/** What could not be read out of the answer is told, and an error when nothing could. */
function partsOf(contents: readonly ToolContent[], { notes }: Run): Part[] {
  const parts: Part[] = [];
  for (const piece of contents) {
    if (piece.type !== 'resource') {
      notes.warn(piece.type === 'text' ? piece.text : `[${piece.type}]`);
    } else if ('text' in piece) {
      parts.push({ uri: piece.uri, mimeType: piece.mimeType ?? 'text/plain', text: piece.text });
    } else parts.push({ uri: piece.uri, mimeType: mimeOf(piece), data: piece.blob });
  }
  if (parts.length > 0) return parts;
  throw new OstlerError('protocol_error', 'The server sent no contents that can be read.');
}

function toBlob(part: Part): Blob {
  const data = 'text' in part ? Buffer.from(part.text, 'utf8') : part.data;
  return { data, mimeType: part.mimeType, uri: part.uri };
}

function save(parts: readonly Part[], place: SavePlace, run: Run): Promise<void> {
  return saveBlobs(parts.map(toBlob), place, { stem: 'resource', run });
}

/** Text as it is; of several pieces each under its URI on a terminal, one after the other in a pipe. */
async function write(parts: readonly Part[], run: Run): Promise<void> {
  const isTerminal = run.io.stdout.isTTY === true;
  const several = parts.length > 1;
  if (!several) refuseBytes(parts[0], run);
  for (const part of parts) {
    if (several && isTerminal) await run.stdout.write(`==> ${safe(part.uri)} <==\n`);
    if ('text' in part) {
      const text = printable(part.text, run);
      const open = text !== '' && !text.endsWith('\n') && (isTerminal || several);
      await run.stdout.write(open && !isRaw(run) ? `${text}\n` : text);
    } else if (isRaw(run)) await writeBytes(part.data, run);
    else await run.stdout.write(`${safe(blobWords(toBlob(part)))}\n`);
  }
}

/** Throws `usage` for bytes that nobody asked for: they would spoil a terminal, or pass for text in a pipe. */
function refuseBytes(part: Part | undefined, run: Run): void {
  if (part === undefined || 'text' in part || isRaw(run)) return;
  throw new OstlerError('usage', `${safe(blobWords(toBlob(part)))} is no text.`, {
    hint: 'Save it with --output FILE, or send its bytes into a pipe with --raw.',
  });
}
