import path from 'node:path';
import type { ExportFormat } from '../../../core/chat.js';
import { OstlerError } from '../../../core/errors.js';
import { redact } from '../../../core/redact.js';
import { plural } from '../transcript/amounts.js';
import { wordCompletion, wordsBefore } from '../completion/items.js';
import { safeLine } from '../safe.js';
import type { Command, CommandContext } from '../types.js';
import { firstWord, onlyWord, oneOf, usage } from './parts.js';

const FORMATS = { md: 'Markdown', json: 'JSON', html: 'a page for the browser' } as const;
const FORMAT_NAMES = Object.keys(FORMATS) as ExportFormat[];

export const exportCommand: Command = {
  name: 'export',
  summary: 'write the conversation into a file',
  arguments: 'optional',
  forms: [
    ['/export [md|json|html]', 'into a new file in this directory'],
    ['/export [md|json|html] <file>', 'into this one; the ending tells the format as well'],
  ],
  complete: (args, cursor) =>
    wordsBefore(args, cursor).length > 0
      ? undefined
      : wordCompletion(
          args,
          cursor,
          FORMAT_NAMES.map((value) => ({ value, detail: FORMATS[value] })),
        ),
  async run(args, { chat, machine, screen }) {
    const { format, file } = readTarget(args, new Date());
    const text = redact(chat.conversation.export(format));
    screen.note('success', `Written: ${safeLine(await machine.writeNew(file, text), 300)}`);
  },
};

function readTarget(args: string, now: Date): { format: ExportFormat; file: string } {
  const [word, rest] = firstWord(args);
  const named = FORMAT_NAMES.find((name) => name === word.toLowerCase());
  const file = named === undefined ? onlyWord(args) : onlyWord(rest);
  const ending = path.extname(file).slice(1).toLowerCase();
  const byEnding = FORMAT_NAMES.find((name) => name === ending);
  if (named === undefined && byEnding === undefined && file !== '') {
    if (ending === '') oneOf(file, FORMAT_NAMES, 'format');
    throw usage(`Which format has ${safeLine(file, 100)}?`, '/export md|json|html <file>');
  }
  const format = named ?? byEnding ?? 'md';
  return { format, file: file === '' ? `ostler-${timestamp(now)}.${format}` : file };
}

/** `20261123-140512`, local time. */
function timestamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${date}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

export const copy: Command = {
  name: 'copy',
  summary: 'put an answer into the clipboard',
  arguments: 'optional',
  forms: [
    ['/copy', 'the last answer'],
    ['/copy <n>', 'the nth answer from the end'],
    ['/copy code', 'the last block of code in the last answer'],
  ],
  complete: (args, cursor) =>
    wordCompletion(args, cursor, [{ value: 'code', detail: 'the last block of code' }]),
  async run(args, context) {
    const { machine, screen } = context;
    const text = redact(chooseText(args.trim(), context));
    if (!machine.copy(text)) {
      throw new OstlerError(
        'usage',
        `${plural(text.length, 'character')} are too many for the clipboard of a terminal.`,
        {
          hint: 'Write it into a file: /export',
        },
      );
    }
    screen.note('success', `Copied ${plural(text.length, 'character')}.`);
    await Promise.resolve();
  },
};

function chooseText(what: string, { chat }: CommandContext): string {
  const answers = chat.conversation.answers();
  if (answers.length === 0) throw usage('There is no answer yet.', 'Ask something first.');
  if (what === 'code') {
    const code = codeBlocks(answers.at(-1) ?? '').at(-1);
    if (code !== undefined) return code;
    throw usage('The last answer has no block of code.', '/copy takes all of it.');
  }
  const back = what === '' ? 1 : Number(what);
  const answer = Number.isInteger(back) && back > 0 ? answers.at(-back) : undefined;
  if (answer !== undefined) return answer;
  throw usage(
    `There is no answer ${safeLine(what, 40)}.`,
    `/copy, /copy code, or /copy 1 … ${answers.length} counted from the end`,
  );
}

/** Contents of fenced blocks (CommonMark 4.5); one that is not closed reaches to the end. */
export function codeBlocks(text: string): string[] {
  const blocks: string[] = [];
  let fence = '';
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, mark = '', rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence === '') {
      fence = mark;
    } else if (mark.startsWith(fence) && rest.trim() === '') {
      blocks.push(lines.join('\n'));
      [fence, lines] = ['', []];
    } else {
      lines.push(line);
    }
  }
  return fence === '' ? blocks : [...blocks, lines.join('\n')];
}
