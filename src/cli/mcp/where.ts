import type { ScopedServer } from '../../config/edit/written-servers.js';
import { readFields, wordOf } from '../../config/fields.js';
import { maskUrlText, maskWords } from '../../config/mask.js';
import { quote } from '../../config/project-view.js';
import { transportOf } from '../../config/remote-url.js';
import { kindOf } from '../../config/server-kind.js';

/** An entry in a line of a list; credentials are taken out, references stay. */
export interface EntrySummary {
  transport: string;
  /** The URL, or the command line. */
  where: string;
  disabled: boolean;
  /** Why it cannot be used. */
  problem?: string;
}

/** What an entry is, by what is written; nothing is looked up for it. */
export function summarize(entry: unknown): EntrySummary {
  const fields = readFields(entry, [], () => {});
  const kind = kindOf(fields);
  const text = (key: string) => fields.get(key)?.value;
  const url = text('httpUrl') ?? text('url') ?? text('serverUrl') ?? text('endpoint');
  const words = [text('command') ?? [], text('args') ?? []].flat().map(wordOf);
  const line = maskWords(words).map(quote).join(' ');
  const disabled = isTrue(text('disabled')) || text('enabled') === false;
  switch (kind.kind) {
    case 'stdio':
      return { transport: 'stdio', where: line, disabled };
    case 'sse-command':
      return { transport: 'sse', where: maskUrlText(words[1] ?? ''), disabled };
    case 'remote': {
      const shown = maskUrlText(wordOf(url));
      const own = URL.canParse(wordOf(url)) ? transportOf(new URL(wordOf(url))) : 'http';
      return { transport: kind.transport ?? own, where: shown, disabled };
    }
    case 'skip':
    case 'refuse':
      return { transport: '-', where: '-', disabled, problem: kind.why };
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** What keeps a server from being used as it stands, in words; empty when nothing does. */
export function stateOf(server: ScopedServer): string {
  const { disabled, problem } = summarize(server.entry);
  return [
    ...(server.trusted ? [] : ['not trusted yet']),
    ...(disabled ? ['disabled'] : []),
    ...(server.hiddenBy === undefined ? [] : [`hidden by ${server.hiddenBy}`]),
    ...(problem === undefined ? [] : [`left out: ${problem}`]),
  ].join(', ');
}
