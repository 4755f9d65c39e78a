import { guttered, gutteredText } from '../gutter.js';
import { cutRows } from '../transcript/rows.js';
import { toTerminalLine } from '../../../core/terminal-text.js';
import type { Frame, Rows } from '../types.js';

/** The host on a line of its own, then all of the URL: what a person has to see before it is opened. */
export function urlRows({ url, host }: { url: string; host: string }, frame: Frame): Rows {
  const { theme } = frame;
  const heading = (text: string) => theme.paint('dim', text);
  // Not redacted: what is opened is what was shown.
  const hostRows = guttered(toTerminalLine(host), frame, { word: 'host' });
  return [
    heading('host:'),
    ...hostRows.map((row) => theme.paint('bold', theme.paint('accent', row))),
    heading('address:'),
    ...guttered(toTerminalLine(url), frame, { word: 'address' }),
  ];
}

/** What the server says, under a heading of ours. */
export function messageRows(message: string, frame: Frame): Rows {
  return gutteredText(message, frame, { word: 'message' });
}

/** An address that was agreed to, where it can be marked with the mouse. */
export function addressRows(url: string, { columns, theme }: Frame): Rows {
  return [theme.paint('dim', 'Open this address:'), ...cutRows(toTerminalLine(url), columns)];
}
