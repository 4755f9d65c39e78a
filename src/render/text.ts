import type { ResultEvent } from '../core/events.js';
import { createTerminalStream, toTerminal } from '../core/terminal-text.js';
import { createNoticeLines } from './notices.js';
import type { Renderer } from './types.js';

/**
 * The answer on stdout, everything else on stderr. On a terminal the text of every turn flows as it
 * comes; a pipe gets the last turn's answer alone, so that `$(ostler …)` holds what was asked for.
 */
export const renderText: Renderer = async (events, options) => {
  const { stdout, stderr } = options;
  const noticeLines = createNoticeLines(options);
  const safe = createTerminalStream();
  let result: ResultEvent | undefined;
  let midLine = false;
  const show = async (text: string) => {
    if (!stdout.isTerminal || text === '') return;
    midLine = !text.endsWith('\n');
    await stdout.write(text);
  };
  const endLine = async () => {
    await show(safe.flush());
    if (midLine) await show('\n');
  };
  for await (const event of events) {
    if (event.type === 'result') {
      result = event;
      // At once, not when the servers are gone.
      if (!stdout.isTerminal) await stdout.write(toLine(event.response));
    } else if (event.type === 'message') {
      if (event.role !== 'assistant') continue;
      // Each message begins a line of its own.
      if (event.delta) await show(safe.push(event.content));
      else await endLine();
    } else {
      const lines = noticeLines(event);
      if (lines.length === 0) continue;
      await endLine();
      await stderr.write(`${lines.join('\n')}\n`);
    }
  }
  await endLine();
  return result as ResultEvent;
};

function toLine(answer: string): string {
  const text = toTerminal(answer);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
