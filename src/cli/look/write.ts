import { redact } from '../../core/redact.js';
import { formatBytes } from '../../core/sizes.js';
import { toTerminal } from '../../core/terminal-text.js';
import type { Blob } from './content.js';
import { redactBytes } from './output.js';
import { saveAll, type SavePlace } from './save.js';
import type { Run } from './run.js';

/** `--raw` holds for pipes only: no server gets to write to a terminal itself. */
export function isRaw({ flags, io }: Run): boolean {
  return flags['raw'] === true && io.stdout.isTTY !== true;
}

/** Foreign text for stdout: without secrets, and harmless unless `--raw` asks for it as it is. */
export function printable(text: string, run: Run): string {
  const clean = redact(text);
  return isRaw(run) ? clean : toTerminal(clean);
}

/** Bytes for a pipe, waiting for a slow reader. */
export async function writeBytes(data: Uint8Array, { io, stdout }: Run): Promise<void> {
  if (stdout.closed) return;
  io.stdout.write(redactBytes(data));
  await stdout.flush();
}

/** Saves blobs and says where. */
export async function saveBlobs(
  blobs: readonly Blob[],
  place: SavePlace,
  { stem, run }: { stem: string; run: Run },
): Promise<void> {
  const saved = await saveAll(place, stem, blobs);
  for (const [at, { file, bytes }] of saved.entries()) {
    const { mimeType = '' } = blobs[at] ?? {};
    run.notes.say(`Saved: ${file} (${mimeType}, ${formatBytes(bytes)})`);
  }
}
