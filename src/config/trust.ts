import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson } from '../core/canonical-json.js';
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { withFileLock, writeFileAtomic } from './atomic-write.js';
import { errnoOf, reasonOf } from './file-reason.js';
import { statePaths } from './paths.js';
import type { ConfigSource } from './source.js';

/** A yes to one state of one project file. Any change of it asks again. */
interface TrustRecord {
  /** SHA-256 of the file's path and its whole parsed content, as canonical JSON. */
  sha256: string;
  /** ISO 8601. */
  at: string;
}

/** SHA-256 (hex) of what a project file says and where it lies; comments and key order do not count. */
export function hashProject(source: ConfigSource): string {
  const text = canonicalJson({ file: source.file ?? source.name, value: source.value });
  return createHash('sha256').update(text).digest('hex');
}

/** True when a person said yes to exactly this file. */
export async function isTrusted(source: ConfigSource, env: NodeJS.ProcessEnv): Promise<boolean> {
  const records = await readRecords(await trustFile(env));
  return records.get(source.file ?? '')?.sha256 === hashProject(source);
}

/** Writes the yes down. */
export async function recordTrust(source: ConfigSource, env: NodeJS.ProcessEnv): Promise<void> {
  await changeRecords(env, (records) => {
    records.set(source.file ?? '', { sha256: hashProject(source), at: new Date().toISOString() });
  });
}

/** Takes the yes back; false when there was none. `file` is absolute, links resolved. */
export async function revokeTrust(file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  let known = false;
  await changeRecords(env, (records) => {
    known = records.delete(file);
  });
  return known;
}

/** A file that a person said yes to once. */
export interface TrustedFile {
  /** Absolute. */
  file: string;
  sha256: string;
  /** ISO 8601. */
  at: string;
}

/** Every yes that is written down, by path. */
export async function trustedFiles(env: NodeJS.ProcessEnv): Promise<TrustedFile[]> {
  const records = await readRecords(await trustFile(env));
  return [...records]
    .map(([file, record]) => ({ file, ...record }))
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

async function changeRecords(
  env: NodeJS.ProcessEnv,
  change: (records: Map<string, TrustRecord>) => void,
): Promise<void> {
  const file = await trustFile(env);
  await withFileLock(file, async () => {
    const records = await readRecords(file);
    change(records);
    const text = JSON.stringify(
      { version: 1, projects: Object.fromEntries(records) },
      undefined,
      2,
    );
    try {
      await writeFileAtomic(file, `${text}\n`);
    } catch (error) {
      throw new OstlerError('config_invalid', `${file} cannot be written: ${reasonOf(error)}.`, {
        cause: error,
      });
    }
  });
}

async function trustFile(env: NodeJS.ProcessEnv): Promise<string> {
  return path.join((await statePaths(env)).config, 'trust.json');
}

/** The records; a file that cannot be understood is an error, never an empty list to write over. */
async function readRecords(file: string): Promise<Map<string, TrustRecord>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return new Map();
    throw new OstlerError('config_invalid', `${file} cannot be read: ${reasonOf(error)}.`);
  }
  const records = parseRecords(text);
  if (records !== undefined) return records;
  throw new OstlerError('config_invalid', `${file} is damaged, so no project is trusted.`, {
    hint: `Remove it (rm ${file}) and answer again with: ostler mcp trust`,
  });
}

function parseRecords(text: string): Map<string, TrustRecord> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const projects = isRecord(value) ? value['projects'] : undefined;
  if (!isRecord(projects)) return undefined;
  const records = new Map<string, TrustRecord>();
  for (const [file, record] of Object.entries(projects)) {
    if (!isRecord(record) || typeof record['sha256'] !== 'string') return undefined;
    records.set(file, { sha256: record['sha256'], at: String(record['at']) });
  }
  return records;
}
