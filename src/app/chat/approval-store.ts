import { readFile, stat } from 'node:fs/promises';
import type { Rule } from '../../agent/rules.js';
import { withFileLock, writeFileAtomic } from '../../config/atomic-write.js';
import { errnoOf, reasonOf } from '../../config/file-reason.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';

/** The rules of `always`, in a YAML file of the person's own. */
export interface ApprovalStore {
  /** Those in the file now. Throws `config_invalid` when it cannot be trusted or understood. */
  read: () => Promise<readonly Rule[]>;
  /** Reads, changes and writes the file while no other process does. */
  change: (change: (rules: readonly Rule[]) => readonly Rule[]) => Promise<void>;
}

const MAX_BYTES = 4 * 1024 * 1024;
/** Write permission of group and others. */
const OTHERS_WRITE = 0o022;
const HEAD = `# Tools that may run without a question. A rule counts only while its server and
# its tool are exactly what they were; /approve in the chat lists and forgets rules.
`;

export function createApprovalStore(file: string): ApprovalStore {
  let known: { stamp: string; rules: readonly Rule[] } | undefined;

  async function read(): Promise<readonly Rule[]> {
    const stamp = await stampOf(file);
    if (stamp === undefined) return [];
    if (known?.stamp !== stamp) known = { stamp, rules: await readRules(file) };
    return known.rules;
  }

  return {
    read,
    async change(change) {
      await withFileLock(file, async () => {
        const rules = change(await read());
        const { stringify } = await import('yaml');
        const text = stringify({ version: 1, rules: rules.map(toRecord) });
        try {
          await writeFileAtomic(file, HEAD + text);
        } catch (error) {
          throw unusable(file, `cannot be written: ${reasonOf(error)}`);
        }
      });
    },
  };
}

/** Changes whenever the file does; undefined when there is none. */
async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino, mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & OTHERS_WRITE) !== 0) {
      throw unusable(file, 'can be written by others', `Type: chmod 600 ${file}`);
    }
    if (size > MAX_BYTES) throw unusable(file, 'is larger than 4 MB');
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw unusable(file, `cannot be read: ${reasonOf(error)}`);
  }
}

async function readRules(file: string): Promise<readonly Rule[]> {
  const [text, { parse }] = await Promise.all([
    readFile(file, 'utf8').catch((error: unknown) => {
      throw unusable(file, `cannot be read: ${reasonOf(error)}`);
    }),
    import('yaml'),
  ]);
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch {
    value = undefined;
  }
  const records = isRecord(value) && value['version'] === 1 ? value['rules'] : undefined;
  const rules = Array.isArray(records) ? records.map(toRule) : [undefined];
  if (rules.includes(undefined)) throw unusable(file, 'is damaged');
  return rules.filter((rule) => rule !== undefined);
}

function unusable(file: string, why: string, hint?: string): OstlerError {
  return new OstlerError('config_invalid', `${file} ${why}, so no rule of it counts.`, {
    hint: hint ?? `Repair or remove it: ${file}`,
  });
}

function toRecord({ id, server, identity, pins, since }: Rule): Record<string, string> {
  const [[tool, pin] = ['', '']] = pins;
  return { id, server, tool, identity, pin, since };
}

const FIELDS = ['id', 'server', 'tool', 'identity', 'pin', 'since'] as const;

function toRule(record: unknown): Rule | undefined {
  if (!isRecord(record)) return undefined;
  const [id, server, tool, identity, pin, since] = FIELDS.map((field) => {
    const value = record[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
  });
  if (id === undefined || server === undefined || tool === undefined) return undefined;
  if (identity === undefined || pin === undefined || since === undefined) return undefined;
  const pins = new Map([[tool, pin]]);
  return { id, server, identity, pins, all: false, scope: 'always', since };
}
