import type { ContextParts } from '../../../core/chat.js';
import { columnsOf, truncateRow } from '../../columns.js';
import { formatTokens } from '../transcript/amounts.js';
import { pad } from '../menu.js';
import type { Command, Frame, Rows } from '../types.js';
import { textRows, titleRow } from '../safe.js';

const PARTS = ['system', 'tools', 'history', 'results'] as const;
const MAX_BAR = 40;

export const context: Command = {
  name: 'context',
  summary: 'what fills the context window',
  async run(_args, { chat, screen, signal }) {
    screen.print(contextRows(await chat.conversation.context(signal), screen.frame()));
  },
};

/** A bar for each part against the window, and what was counted and what estimated. */
export function contextRows(parts: ContextParts, frame: Frame): Rows {
  const { total, counted, window } = parts;
  const used = counted > 0 ? counted : total;
  const whole = window > 0 ? window : Math.max(1, total);
  const title =
    window > 0
      ? `Context: ${formatTokens(used)} of ${formatTokens(window)} tokens, ${percent(used, whole)}`
      : `Context: ${formatTokens(used)} tokens; the size of the window is not known`;
  const rows: PartRow[] = PARTS.map((name) => ({ name, tokens: parts[name], role: 'accent' }));
  if (window > 0) rows.push({ name: 'free', tokens: Math.max(0, window - total), role: 'dim' });
  const source =
    counted > 0
      ? `The model counted ${formatTokens(counted)} at its last answer; the parts are estimated.`
      : 'Estimated: the model has not answered yet.';
  return [
    titleRow(title, frame),
    ...rows.map((row) => partRow(row, whole, frame)),
    ...textRows(source, frame, { role: 'dim' }),
  ];
}

interface PartRow {
  name: string;
  tokens: number;
  role: 'accent' | 'dim';
}

function partRow({ name, tokens, role }: PartRow, whole: number, frame: Frame): string {
  const { columns, theme, screenReader } = frame;
  const share = percent(tokens, whole);
  if (screenReader) {
    return truncateRow(`${name}: ${formatTokens(tokens)} tokens, ${share}`, columns);
  }
  const head = `${pad(name, 8)} `;
  const tail = ` ${formatTokens(tokens).padStart(5)} ${share.padStart(6)}`;
  const width = Math.min(MAX_BAR, columns - columnsOf(head) - columnsOf(tail));
  if (width < 4) return truncateRow(`${head}${tail.trim()}`, columns);
  const full = Math.min(width, Math.max(tokens > 0 ? 1 : 0, Math.round((tokens / whole) * width)));
  const bar = theme.paint(role, '█'.repeat(full)) + theme.paint('dim', '░'.repeat(width - full));
  return `${head}${bar}${tail}`;
}

function percent(part: number, whole: number): string {
  const value = (part / whole) * 100;
  return `${value > 0 && value < 1 ? '<1' : Math.round(value)} %`;
}

export const compact: Command = {
  name: 'compact',
  summary: 'put a summary in the place of the conversation',
  arguments: 'optional',
  forms: [['/compact [instructions]', 'what to keep, e.g. /compact keep the file names']],
  async run(args, { chat, screen, signal }) {
    const before = chat.info.usedTokens;
    const busy = screen.busy('The model writes a summary');
    let summary: string;
    try {
      summary = await chat.conversation.compact(
        args.trim() === '' ? undefined : args.trim(),
        signal,
      );
    } finally {
      busy.end();
    }
    screen.markdown(summary);
    const { total } = await chat.conversation.context(signal);
    const from = before > 0 ? `${formatTokens(before)} → ` : '';
    screen.note(
      'success',
      `The summary is the conversation now: ${from}${formatTokens(total)} tokens.`,
    );
  },
};
