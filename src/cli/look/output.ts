import { isDeeperThan } from '../../agent/depth.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { toJsonLine } from '../../core/output-json.js';
import { redact, redactValue } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import type { Output } from '../../render/sink.js';
import type { Run } from './run.js';

/** Foreign text for a cell or a line: without secrets, safe to print. */
export function safe(text: string): string {
  return toTerminalLine(redact(text));
}

/** Columns of the terminal that stdout is; undefined for a pipe, where nothing is cut. */
export function widthOf({ isTTY, columns }: Output): number | undefined {
  return isTTY === true ? columns || 80 : undefined;
}

/** One JSON document on stdout, secrets taken out. */
export async function writeJson({ stdout }: Run, value: unknown): Promise<void> {
  checkDepth(value);
  await stdout.write(`${toJsonLine(redactValue(withoutSecretBytes(value)))}\n`);
}

/** Throws `protocol_error` for what could not be written as JSON. */
export function checkDepth(value: unknown): void {
  if (!isDeeperThan(value)) return;
  throw new OstlerError('protocol_error', 'The server sent JSON that is nested too deeply.');
}

/** Bytes without secrets; the same bytes when there is none in them. */
export function redactBytes(data: Uint8Array): Uint8Array {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  const clean = redact(text);
  return clean === text ? data : Buffer.from(clean, 'latin1');
}

/** Base64 hides a secret from the redactor, which looks at letters. */
function withoutSecretBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretBytes);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      (key === 'data' || key === 'blob') && typeof item === 'string'
        ? cleanBase64(item)
        : withoutSecretBytes(item),
    ]),
  );
}

function cleanBase64(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  const clean = redactBytes(bytes);
  return clean === bytes ? text : Buffer.from(clean).toString('base64');
}
