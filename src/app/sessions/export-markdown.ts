import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import {
  describeImage,
  formatArguments,
  toTurns,
  type ToolTurn,
  type Transcript,
  type Turn,
} from './export-turns.js';

/** The transcript in Markdown; tool calls, thinking and the system prompt are folded (`<details>`). */
export function toMarkdown({ title, id, model, created, messages }: Transcript): string {
  const head = `# ${toLine(title === '' ? 'Conversation' : title)}`;
  const facts = `*${toLine(model)} · ${toLine(created)} · session ${toLine(id)}*`;
  const turns = toTurns(messages);
  const parts = turns.map((turn, at) => {
    const heading = headingOf(turn, turns[at - 1], model);
    return heading === '' ? turnText(turn) : `${heading}\n\n${turnText(turn)}`;
  });
  return `${[head, facts, ...parts].join('\n\n')}\n`;
}

/** A tool call belongs to the answer before it and needs no heading of its own. */
function headingOf(turn: Turn, before: Turn | undefined, model: string): string {
  if (turn.kind === 'user') return '## You';
  if (turn.kind === 'system') return '';
  const same = before !== undefined && before.kind !== 'user' && before.kind !== 'system';
  return same ? '' : `## ${toLine(model)}`;
}

function turnText(turn: Turn): string {
  switch (turn.kind) {
    case 'system':
      return fold('System prompt', fence(turn.text));
    case 'tool':
      return toolText(turn);
    case 'user':
      return [prose(turn.text), ...turn.images.map(noteOf)].join('\n\n');
    case 'assistant': {
      const thinking = turn.thinking.trim() === '' ? [] : [fold('Thinking', fence(turn.thinking))];
      const text = turn.text.trim() === '' ? [] : [prose(turn.text)];
      return [...thinking, ...text].join('\n\n');
    }
  }
}

function toolText({ name, arguments: args, result, images }: ToolTurn): string {
  const written = formatArguments(args);
  return fold(
    `Tool: <code>${escapeHtml(toTerminalLine(name))}</code>`,
    [
      ...(written === '' ? [] : [fence(written, 'json')]),
      result === undefined ? '*No result.*' : fence(result),
      ...images.map(noteOf),
    ].join('\n\n'),
  );
}

function fold(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function noteOf(image: Parameters<typeof describeImage>[0]): string {
  return `*${toLine(describeImage(image))}*`;
}

/** A block of text in a fence longer than any in it (CommonMark 4.5). */
function fence(text: string, language = ''): string {
  const safe = toTerminal(text).replace(/\n+$/, '');
  const longest = Math.max(2, ...[...safe.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${safe}\n${marks}`;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/**
 * Markdown that somebody else wrote, between ours: HTML is text, so that a comment or a tag cannot
 * swallow what follows, and a block of code that was broken off ends here.
 */
function prose(text: string): string {
  let open: string | undefined;
  const lines = toTerminal(text)
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => {
      const [, marks = '', rest = ''] = FENCE.exec(line) ?? [];
      if (open !== undefined) {
        if (marks.startsWith(open) && rest.trim() === '') open = undefined;
        return line;
      }
      if (marks !== '' && !(marks.startsWith('`') && rest.includes('`'))) {
        open = marks;
        return line;
      }
      return withoutHtml(line);
    });
  return [...lines, ...(open === undefined ? [] : [open])].join('\n');
}

/** Tags and comments outside of `code` on the line; autolinks stay. */
function withoutHtml(line: string): string {
  return line
    .split(/(`+[^`]+`+)/)
    .map((part, at) =>
      at % 2 === 1 ? part : part.replaceAll(/<(?=[!?/]|[A-Za-z][\w-]*(?:[\s/>]|$))/g, '&lt;'),
    )
    .join('');
}

/** Words for a heading or a line of facts. */
function toLine(text: string): string {
  return toTerminalLine(text).replaceAll(/[\\`*_[\]<>#]/g, String.raw`\$&`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
