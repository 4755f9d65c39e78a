import xterm, { type IBufferLine, type Terminal as Xterm } from '@xterm/headless';
import { useModernWidths } from './cell-width.js';

/** A terminal's memory, without the process: what stands on it after all bytes it was given. */
export interface Screen {
  /** Resolves when the bytes have been acted on. */
  write: (bytes: Buffer) => Promise<void>;
  resize: (columns: number, rows: number) => void;
  /** The visible rows, blanks at their ends left out. */
  rows: () => string[];
  /** All rows, those that scrolled away included; blank rows at the end left out. */
  scrollback: () => string[];
  /** Column and row of the cursor on the visible screen, from 0. */
  cursor: () => { x: number; y: number };
  title: () => string;
  /** Texts that were put into the clipboard by OSC 52. */
  clipboardWrites: () => readonly string[];
  /** Told what the terminal answers to a question of the program. */
  onReply: (listener: (bytes: string) => void) => void;
  readonly xterm: Xterm;
  dispose: () => void;
}

const SCROLLBACK = 100_000;

export function createScreen(columns: number, rows: number): Screen {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: SCROLLBACK,
    allowProposedApi: true,
  });
  useModernWidths(terminal);
  let title = '';
  const clipboard: string[] = [];
  terminal.onTitleChange((text) => (title = text));
  terminal.parser.registerOscHandler(52, (data) => {
    clipboard.push(Buffer.from(data.slice(data.indexOf(';') + 1), 'base64').toString('utf8'));
    return true;
  });
  const buffer = () => terminal.buffer.active;
  const range = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => textOf(buffer().getLine(from + at)));
  return {
    write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
    resize: (width, height) => terminal.resize(width, height),
    rows: () => range(buffer().baseY, buffer().baseY + terminal.rows),
    scrollback: () => trimEnd(range(0, buffer().baseY + terminal.rows)),
    cursor: () => ({ x: buffer().cursorX, y: buffer().cursorY }),
    title: () => title,
    clipboardWrites: () => clipboard,
    onReply: (listener) => void terminal.onData(listener),
    xterm: terminal,
    dispose: () => terminal.dispose(),
  };
}

function textOf(line: IBufferLine | undefined): string {
  return (line?.translateToString(true) ?? '').trimEnd();
}

function trimEnd(rows: string[]): string[] {
  const last = rows.findLastIndex((row) => row !== '');
  return rows.slice(0, last + 1);
}
