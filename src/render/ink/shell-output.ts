import { redact } from '../../core/redact.js';
import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import { truncateRow, wrapRows } from '../columns.js';
import type { Transcript } from './transcript/types.js';
import type { Frame } from './types.js';

export interface ShellOutputOptions {
  part: ReturnType<Transcript['part']>;
  frame: () => Frame;
}

/** Characters of one command's output that are shown. */
const MAX_SHOWN = 1024 * 1024;
/** A line that does not end is shown in pieces of this many characters. */
const MAX_LINE = 8192;

/** Prints what a shell command writes, line by line, under a line that names it. */
export function createShellOutput({ part, frame }: ShellOutputOptions) {
  let rest = '';
  let shown = 0;
  let left = 0;
  const show = (line: string) => {
    const { columns } = frame();
    // Colours are the command's own affair; a progress line is what stands after its last return.
    const last = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
    const text = toTerminal(redact(withoutStyles(last)));
    part.add(wrapRows(text, Math.max(1, columns - 2)).map((row) => `  ${row}`));
  };
  const push = (text: string) => {
    shown += text.length;
    if (shown > MAX_SHOWN) {
      left += text.length;
      return;
    }
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) show(line);
    if (rest.length > MAX_LINE) {
      show(rest);
      rest = '';
    }
  };
  return {
    heading(line: string) {
      const { columns, theme } = frame();
      const text = truncateRow(`! ${toTerminalLine(redact(line))}`, columns);
      part.add([theme.paint('user', text)]);
    },
    push,
    end() {
      if (rest !== '') show(rest);
      rest = '';
      if (left > 0) show(`… ${left} more characters`);
    },
  };
}

/** Without SGR sequences (ECMA-48, 8.3.117), which are too common in output to be shown as text. */
function withoutStyles(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001b\[[0-9;:]*m/g, '');
}
