import type { ResultImage } from '../../../core/events.js';
import { truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { formatBytes, plural } from './amounts.js';

const MAX_NAMED = 8;

/** `[image/png 34 KB saved to …]`, one row each. */
export function imageRows(images: readonly ResultImage[], { theme, columns }: Frame): Rows {
  const named = images.slice(0, MAX_NAMED).map(imageName);
  const left = images.length - named.length;
  const lines = left > 0 ? [...named, `… and ${plural(left, 'image')} more`] : named;
  return lines.map((line) => theme.paint('dim', truncateRow(`    ${line}`, columns)));
}

function imageName({ mime_type: type, size, path }: ResultImage): string {
  const saved = path === undefined ? '' : ` saved to ${safeLine(path)}`;
  return `[${safeLine(type, 100)} ${formatBytes(size)}${saved}]`;
}
