import { isRecord } from '../../core/json.js';
import { checkEntry } from '../../config/edit/check-entry.js';
import { checkNewName } from '../../config/edit/server-name.js';
import type { WrittenEntry } from '../../config/edit/types.js';
import { serversIn } from '../../config/edit/written-servers.js';
import { parse } from '../../config/read-sources.js';
import type { ConfigSource } from '../../config/source.js';
import { OstlerError } from '../../core/errors.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';
import { reportWritten, DEFAULT_SCOPE } from './add.js';
import { approve, showEntries } from './approve.js';
import { readText } from './read-text.js';
import { scopeFlag } from './scope.js';
import { checkSecrets, writeEntries } from './write-entries.js';

export interface AddJsonRun {
  name: string;
  /** The entry itself, `-` for stdin, `@file`. */
  json: string;
  flags: Flags;
  io: Io;
}

/** `ostler mcp add-json`: one entry in any host's spelling; shown and asked about before it is written. */
export async function runAddJson({ name, json, flags, io }: AddJsonRun): Promise<number> {
  checkNewName(name);
  const scope = scopeFlag(flags) ?? DEFAULT_SCOPE;
  const { text, from } = await readText(json, io);
  const source = await parse({ layer: 'flag', name: from, dir: io.cwd, text });
  if (source === undefined) throw new OstlerError('config_invalid', `${from}: is empty.`);
  const { entry, at } = entryIn(source);
  const added = { id: name, entry };
  const notes = await checkEntry({ ...added, source: at });
  checkSecrets(added, scope);
  showEntries([{ ...added, notes }], io);
  if (!(await approve(`Add ${name} (${scope})?`, flags['yes'] === true, io))) {
    throw new OstlerError('project_untrusted', `Nothing was written: the answer was no.`);
  }
  const force = flags['force'] === true;
  const written = await writeEntries({ entries: [added], scope, force }, io);
  reportWritten({ entries: [added], written }, io, flags['json'] === true);
  return 0;
}

/** The entry, also when the text is a whole config with this one server in it, as READMEs have them. */
function entryIn(source: ConfigSource): { entry: WrittenEntry; at: ConfigSource } {
  const servers = serversIn(source);
  const isConfig =
    Object.keys(source.value).some((key) => isRecord(source.value[key])) && servers.length > 0;
  if (!isConfig) return { entry: source.value, at: source };
  const [[id, entry] = ['', undefined], ...others] = servers;
  if (others.length > 0 || !isRecord(entry)) {
    throw new OstlerError('usage', `${source.name}: holds several servers; this adds one.`, {
      hint: 'Put them into a file and take it over with: ostler mcp import --from FILE',
    });
  }
  const key = Object.keys(source.value).find((name) => {
    const map = source.value[name];
    return isRecord(map) && map[id] === entry;
  });
  const prefix = [key ?? '', id];
  return {
    entry,
    at: {
      ...source,
      value: entry,
      locate: (path, options) => source.locate([...prefix, ...path], options),
    },
  };
}
