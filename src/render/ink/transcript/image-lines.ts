import type { ResultImage } from '../../../core/events.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { formatBytes, plural } from './amounts.js';
import { hanging } from './rows.js';

const MAX_NAMED = 8;
const INDENT = '    ';

/** `[image/png 34 KB saved to …]`, each complete: it names a file. */
export function imageRows(images: readonly ResultImage[], { theme, columns }: Frame): Rows {
  const named = images.slice(0, MAX_NAMED).map(imageName);
  const left = images.length - named.length;
  const lines = left > 0 ? [...named, `… and ${plural(left, 'image')} more`] : named;
  const style = (row: string) => theme.paint('dim', row);
  return lines.flatMap((line) => hanging(line, { first: INDENT, rest: INDENT, columns, style }));
}

function imageName({ mime_type: type, size, path }: ResultImage): string {
  const saved = path === undefined ? '' : ` saved to ${safeLine(path)}`;
  return `[${safeLine(type, 100)} ${formatBytes(size)}${saved}]`;
}
