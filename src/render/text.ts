import type { ResultEvent } from '../core/events.js';
import { createTerminalStream, toTerminal } from '../core/terminal-text.js';
import { createNotices } from './notices.js';
import type { Renderer } from './types.js';

/**
 * The answer on stdout, everything else on stderr. On a terminal the text of every turn flows as it
 * comes; a pipe gets the last turn's answer alone, so that `$(ostler …)` holds what was asked for.
 */
export const renderText: Renderer = async (events, options) => {
  const { stdout } = options;
  const notices = createNotices(options);
  const safe = createTerminalStream();
  let result: ResultEvent | undefined;
  let midLine = false;
  const show = async (text: string) => {
    if (!stdout.isTerminal || text === '') return;
    midLine = !text.endsWith('\n');
    await stdout.write(text);
  };
  for await (const event of events) {
    switch (event.type) {
      case 'message':
        if (event.role === 'assistant' && event.delta) await show(safe.push(event.content));
        break;
      case 'result':
        result = event;
        break;
      default: {
        const rest = safe.flush();
        await show(midLine || rest !== '' ? `${rest}\n` : '');
        await notices(event);
      }
    }
  }
  await show(safe.flush());
  await show(midLine ? '\n' : '');
  if (!stdout.isTerminal) await stdout.write(toLine(result?.response ?? ''));
  return result as ResultEvent;
};

function toLine(answer: string): string {
  const text = toTerminal(answer);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
