import type { ApprovalAnswer, ApprovalRequest } from '../../../core/chat.js';
import { columnsOf, truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import { cutRows } from '../transcript/rows.js';
import type { Frame, Key, Rows } from '../types.js';

/** What a choice leads to: an answer, or a text to be written first. */
export type Choice =
  | { kind: 'answer'; answer: ApprovalAnswer }
  | { kind: 'reason' }
  | { kind: 'edit' };

interface Line {
  number: string;
  letter: string;
  /** What it does, in more or fewer words. */
  words: string;
  short: string;
  choice: Choice;
  detail?: string;
}

const answer = (kind: 'once' | 'tool-session' | 'tool-always' | 'server-session'): Choice => ({
  kind: 'answer',
  answer: { kind },
});

/** The choices in their order; a number always means the same. */
function linesFor({ server, mayAlways }: ApprovalRequest): readonly Line[] {
  const all = `All tools of "${safeLine(server, 32)}" this session`;
  const lines: readonly Line[] = [
    { number: '1', letter: 'y', words: 'Yes, once', short: 'Once', choice: answer('once') },
    {
      number: '2',
      letter: 's',
      words: 'Yes, this tool for this session',
      short: 'Session',
      choice: answer('tool-session'),
    },
    {
      number: '3',
      letter: 'a',
      words: 'Yes, always for this tool',
      short: 'Always',
      detail: 'until it changes; /approve forgets',
      choice: answer('tool-always'),
    },
    { number: '4', letter: 'S', words: all, short: 'Server', choice: answer('server-session') },
    {
      number: '5',
      letter: 'n',
      words: 'No, and tell the model why',
      short: 'No',
      choice: { kind: 'reason' },
    },
  ];
  return mayAlways ? lines : lines.filter(({ letter }) => letter !== 'a');
}

const NEVER_ALWAYS = '3. Never always: its server declares it destructive';

/** How many can be selected. */
export function choiceCount(request: ApprovalRequest): number {
  return linesFor(request).length;
}

export function choiceAt(request: ApprovalRequest, index: number): Choice | undefined {
  return linesFor(request)[index]?.choice;
}

/** The choice of a key; several characters at once are no answer to anything. */
export function choiceOf(request: ApprovalRequest, { name, text }: Key): Choice | undefined {
  if (name !== 'text') return undefined;
  if (text === 'e') return { kind: 'edit' };
  return linesFor(request).find(({ number, letter }) => text === number || text === letter)?.choice;
}

/** One row a choice, and one for the other keys. */
export function choiceRows(request: ApprovalRequest, selected: number, frame: Frame): Rows {
  const { columns, theme, screenReader } = frame;
  const lines = linesFor(request);
  const width = Math.max(...lines.map(({ words }) => columnsOf(words)));
  const rows = lines.map(({ number, letter, words, detail = '' }, index) => {
    const mark = index === selected ? (screenReader ? '> ' : '❯ ') : '  ';
    const keys = screenReader ? `(${letter})` : `(${letter} / ${number})`;
    const pad = screenReader ? ' ' : ' '.repeat(width - columnsOf(words) + 2);
    const plain = `${mark}${number}. ${words}`;
    const room = columns - columnsOf(plain) - pad.length - keys.length;
    const end =
      room < 0
        ? ''
        : pad + keys + (columnsOf(detail) + 2 <= room && detail !== '' ? `  ${detail}` : '');
    const fits = truncateRow(plain, columns);
    const style = index === selected ? theme.paint('accent', fits) : fits;
    return style + theme.paint('dim', end);
  });
  const at = lines.findIndex(({ number }) => number === '4');
  if (!request.mayAlways) {
    rows.splice(at, 0, theme.paint('dim', truncateRow(`  ${NEVER_ALWAYS}`, columns)));
  }
  return [...rows, theme.paint('dim', otherKeys(columns))];
}

const OTHER_KEYS = [
  '  e edit arguments · Esc = no and stop the turn · Ctrl+O description and schema',
  '  e edit arguments · Esc = no and stop the turn · Ctrl+O all',
  '  e edit · Esc = no and stop · Ctrl+O all',
  'e edit · Esc no · ^O all',
  'e edit · Esc no · ^O',
];

function otherKeys(columns: number): string {
  const fitting = OTHER_KEYS.find((text) => columnsOf(text) <= columns);
  return fitting ?? truncateRow(OTHER_KEYS.at(-1) ?? '', columns);
}

/** All choices in as few rows as it takes, for a screen with hardly any. */
export function compactRows(request: ApprovalRequest, selected: number, frame: Frame): Rows {
  const { columns, theme } = frame;
  const words = [
    ...linesFor(request).map(({ number, short }) => `${number} ${short}`),
    'e Edit',
    'Esc Stop',
  ];
  const rows: string[][] = [[]];
  let used = 0;
  words.forEach((word, index) => {
    const wide = columnsOf(word);
    if (used > 0 && used + 2 + wide > columns) {
      rows.push([]);
      used = 0;
    }
    used += (used > 0 ? 2 : 0) + wide;
    const fits = cutRows(word, columns)[0] ?? '';
    rows.at(-1)?.push(index === selected ? theme.paint('selected', fits) : fits);
  });
  return rows.map((row) => row.join('  '));
}
