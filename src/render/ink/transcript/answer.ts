import { createRedactStream } from '../../../core/redact.js';
import type { Rows } from '../types.js';
import type { Output } from './output.js';
import { createPlainStream } from './plain-stream.js';
import type { LivePart, MarkdownStream, TranscriptOptions } from './types.js';

/** Answers stand behind this, so that no line of one can begin where ours begin. */
const INDENT = '  ';

/** One answer of the model while it is written. */
export interface Answer extends LivePart {
  push: (text: string) => void;
  end: () => void;
}

export function createAnswer(options: TranscriptOptions, output: Output): Answer {
  const part = output.part();
  const safe = createRedactStream();
  const columns = () => Math.max(1, options.frame().columns - INDENT.length);
  /** The text so far, while another stream could still take it over. */
  let plain: string[] | undefined = [];
  let stream: MarkdownStream = createPlainStream(columns);
  const commit = (rows: Rows) => {
    if (rows.length === 0) return;
    // What was printed plain stays plain.
    plain = undefined;
    part.add(rows.map(indent));
  };
  /** Markdown from the beginning, as long as nothing was printed. */
  const upgrade = () => {
    const tools = plain === undefined ? undefined : options.markdown();
    if (plain === undefined || tools === undefined) return;
    const { theme, hyperlinks } = options.frame();
    stream = tools.createMarkdownStream({ columns, theme, hyperlinks });
    stream.push(plain.join(''));
    plain = undefined;
  };
  const write = (text: string) => {
    if (text === '') return;
    upgrade();
    plain?.push(text);
    stream.push(text);
  };
  return {
    push(text) {
      write(safe.push(text));
      commit(stream.takeCommitted());
    },
    live(maxRows, frame) {
      // A reader of the screen hears a block once, when it is finished.
      if (frame.screenReader || maxRows <= 0) return [];
      const gap = part.gap && maxRows > 1 ? [''] : [];
      const rows = stream.tail(maxRows - gap.length);
      return rows.length === 0 ? [] : [...gap, ...rows.map(indent)];
    },
    get animated() {
      return false;
    },
    end() {
      write(safe.flush());
      commit(stream.takeCommitted());
      commit(stream.end());
    },
  };
}

function indent(row: string): string {
  return row === '' ? row : INDENT + row;
}
