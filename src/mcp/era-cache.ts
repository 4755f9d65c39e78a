import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { statePaths } from '../config/paths.js';
import type { ServerDefinition } from '../config/types.js';
import { isRecord } from '../core/json.js';
import { redact } from '../core/redact.js';
import { eraKey } from './era-key.js';

/** What is known of a server: which handshake it takes, and what it told of itself. */
export type KnownEra =
  | { era: 'legacy' }
  /** `discover`: its `server/discover` result as the SDK took it, unless that is too large to keep. */
  | { era: 'modern'; discover?: Record<string, unknown> };

export interface RememberedEra {
  known: KnownEra;
  /** Time to ask again, beside the work: what the server told of itself may have changed. */
  stale: boolean;
}

/** Eras of servers over several runs (2026-07-28/basic/versioning: cache the era, ask again when it is wrong). */
export interface EraCache {
  /** Undefined when nothing is known, or nothing certain. Never rejects. */
  recall: (server: ServerDefinition) => Promise<RememberedEra | undefined>;
  /** Keeps it for a week, in the background; undefined forgets. */
  remember: (server: ServerDefinition, known: KnownEra | undefined) => void;
  /** Resolves when everything is on the disk. Never rejects. */
  settled: () => Promise<void>;
}

interface Entry {
  known: KnownEra;
  /** Of the wall clock, milliseconds. */
  at: number;
}

const FILE = 'eras.json';
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** What a server told of itself is believed this long without asking beside the work. */
const FRESH_MS = 10 * 60 * 1000;
const MAX_ENTRIES = 200;
const MAX_FILE_CHARS = 4 * 1024 * 1024;
const MAX_DISCOVER_CHARS = 16 * 1024;

/** The cache in the state directory of this environment. Nothing is read before the first question. */
export function createEraCache(env: NodeJS.ProcessEnv, now: () => number = Date.now): EraCache {
  /** On their way to the disk; they win over the file. */
  const changes = new Map<string, Entry | undefined>();
  let file: Promise<string> | undefined;
  let stored: Promise<Map<string, Entry>> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let queued = false;

  const fileName = () => (file ??= statePaths(env).then(({ cache }) => path.join(cache, FILE)));
  const load = () => (stored ??= fileName().then((name) => read(name, now())));
  const find = async (key: string) =>
    changes.has(key) ? changes.get(key) : (await load()).get(key);

  const write = async () => {
    queued = false;
    const name = await fileName();
    // Read anew: other processes keep theirs in the same file.
    const entries = await read(name, now());
    for (const [key, entry] of changes) {
      if (entry === undefined) entries.delete(key);
      else entries.set(key, entry);
    }
    replace(name, JSON.stringify({ version: 1, entries: Object.fromEntries(newest(entries)) }));
    // From here on the file knows, and what others make of it counts.
    changes.clear();
    stored = undefined;
  };
  const writeLater = () => {
    if (queued) return;
    queued = true;
    // A cache that cannot be written is no failure of the run.
    writing = writing.then(write).catch(() => {});
  };
  const keep = async (server: ServerDefinition, known: KnownEra | undefined) => {
    const key = await eraKey(server, env);
    const before = await find(key);
    if (known === undefined && before === undefined) return;
    changes.set(key, known === undefined ? undefined : { known: bounded(known), at: now() });
    writeLater();
  };
  let keeping: Promise<void> = Promise.resolve();

  return {
    async recall(server) {
      try {
        const entry = await find(await eraKey(server, env));
        if (entry === undefined) return undefined;
        return { known: entry.known, stale: now() - entry.at > FRESH_MS };
      } catch {
        return undefined;
      }
    },
    remember(server, known) {
      keeping = keeping.then(() => keep(server, known)).catch(() => {});
    },
    async settled() {
      await keeping;
      await writing;
    },
  };
}

/** Somebody else is asked from now on: what the server told the last one is not for the next. Never rejects. */
export async function forgetEra(server: ServerDefinition, env: NodeJS.ProcessEnv): Promise<void> {
  const cache = createEraCache(env);
  cache.remember(server, undefined);
  await cache.settled();
}

/** A broken file, or one of another format, is an empty one. */
async function read(file: string, now: number): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    const text = await readFile(file, 'utf8');
    const value: unknown = text.length > MAX_FILE_CHARS ? undefined : JSON.parse(text);
    const found = isRecord(value) && value['version'] === 1 ? value['entries'] : undefined;
    for (const [key, raw] of isRecord(found) ? Object.entries(found) : []) {
      const entry = toEntry(raw);
      if (entry !== undefined && entry.at <= now && now - entry.at < KEPT_MS)
        entries.set(key, entry);
    }
  } catch {
    return new Map();
  }
  return entries;
}

function toEntry(raw: unknown): Entry | undefined {
  if (!isRecord(raw) || typeof raw['at'] !== 'number' || !isRecord(raw['known'])) return undefined;
  const { at, known } = raw;
  const { era, discover } = known;
  if (era === 'legacy') return { at, known: { era } };
  if (era !== 'modern') return undefined;
  return { at, known: isRecord(discover) ? { era, discover } : { era } };
}

function newest(entries: ReadonlyMap<string, Entry>): [string, Entry][] {
  return [...entries].toSorted(([, a], [, b]) => b.at - a.at).slice(0, MAX_ENTRIES);
}

/** What a server tells of itself may be long, and may repeat a credential. */
function bounded(known: KnownEra): KnownEra {
  if (known.era === 'legacy' || known.discover === undefined) return known;
  const text = JSON.stringify(known.discover);
  return text.length > MAX_DISCOVER_CHARS || redact(text) !== text ? { era: 'modern' } : known;
}

/**
 * The old file or the new one, never half. Not synced to the disk: what is lost is asked again. In one
 * go: a short run may end at any wait, and would leave the half of it behind.
 */
function replace(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
