import { parseEnv } from 'node:util';
import { isRecord } from '../core/json.js';
import { registerSecret } from '../core/redact.js';
import type { EntryReader } from './entry-reader.js';
import { expandHome } from './home.js';
import { readNamedFile } from './read-files.js';
import { isSecretName, registerArgumentSecrets } from './secrets.js';
import type { StdioServer } from './types.js';
import { BadValue } from './values.js';

type Launch = Pick<StdioServer, 'command' | 'args' | 'env' | 'cwd'>;

/** The program of a stdio entry, or undefined when that is reported to be wrong. */
export function readLaunch(entry: EntryReader): Launch | undefined {
  const { fields, place } = entry;
  const argv = entry.parse(fields.get('command'), toArgv);
  const args = fields.get('args')?.value;
  const cwd = entry.parse(fields.get('cwd', 'workingDirectory'), (raw) =>
    expandHome(String(raw), place),
  );
  const env = readEnv(entry);
  const [command, ...first] = argv ?? [];
  if (command === undefined) return undefined;
  const words = [...first, ...(Array.isArray(args) ? args.map(String) : [])];
  registerArgumentSecrets(words);
  return {
    command,
    args: words,
    env,
    ...(cwd === undefined ? {} : { cwd }),
  };
}

function toArgv(raw: unknown): readonly string[] {
  const argv = Array.isArray(raw) ? raw.map(String) : [String(raw)];
  if (argv[0] === undefined || argv[0].trim() === '') throw new BadValue('is empty');
  if (argv.some((word) => word.includes('\0'))) throw new BadValue('has a NUL character');
  return argv;
}

/** The entry's variables with their case kept; those with secret names are registered. */
function readEnv(entry: EntryReader): Readonly<Record<string, string>> {
  const { fields, place } = entry;
  const fromFile = entry.parse(entry.lookup ? fields.get('envFile') : undefined, (raw) =>
    Object.entries(parseEnv(readNamedFile(String(raw), place))),
  );
  const field = fields.get('env', 'environment');
  const own = Object.entries(isRecord(field?.value) ? field.value : {});
  const env = new Map<string, string>();
  for (const [name, raw] of [...(fromFile ?? []), ...own]) {
    const value = entry.parse({ value: raw, path: [...(field?.path ?? []), name] }, toVariable);
    if (value === undefined) continue;
    if (!/^[^=\0]+$/.test(name)) {
      entry.report([...(field?.path ?? []), name], 'is no name for a variable', { key: true });
    }
    if (isSecretName(name)) registerSecret(value);
    env.set(name, value);
  }
  return Object.fromEntries(env);
}

function toVariable(raw: unknown): string {
  const text = String(raw);
  if (text.includes('\0')) throw new BadValue('has a NUL character');
  return text;
}
