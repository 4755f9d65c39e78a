import { mentionOf } from '../../mention.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { plural } from './amounts.js';
import { hanging } from './rows.js';

/** How the engine tells a `resource_link` in the text: `[link name: uri (description)]`. */
const LINK = /^\[link (?:(.{1,500}): )?([a-z][a-z\d+.-]*:\S{1,500}?)(?: \(.*\))?\]$/i;
/** A longer line is no link; it would take long to find that out. */
const MAX_LINE = 2000;
const MAX_SHOWN = 5;
/** Characters of a result that are looked through. */
const MAX_CHARS = 256 * 1024;
const INDENT = '    ';

export function isLink(line: string): boolean {
  return line.length <= MAX_LINE && LINK.test(line);
}

/** Resources that a result points to: what is typed to read each, and its name. */
export function linkRows(
  { server, output }: { server: string; output: string },
  { theme, columns }: Frame,
): Rows {
  if (!output.includes('[link ')) return [];
  const links = output.slice(0, MAX_CHARS).split('\n').flatMap(toLink);
  const lines = links.slice(0, MAX_SHOWN).map(({ uri, name }) => {
    const mention = safeLine(mentionOf(server, uri), 600);
    return name === '' ? mention : `${mention}  ${safeLine(name, 200)}`;
  });
  const left = links.length - lines.length;
  if (left > 0) lines.push(`… and ${plural(left, 'link')} more`);
  const style = (row: string) => theme.paint('accent', row);
  return lines.flatMap((line) => hanging(line, { first: INDENT, rest: INDENT, columns, style }));
}

function toLink(line: string): { uri: string; name: string }[] {
  const [, name = '', uri] = (isLink(line) ? LINK.exec(line) : undefined) ?? [];
  return uri === undefined ? [] : [{ uri, name }];
}
