import type { AgentEvent, ResultEvent } from '../core/events.js';
import { toTerminal } from '../core/terminal-text.js';
import { createMarkdownAnswer, createPlainAnswer, NO_ANSWER, type Answer } from './answer.js';
import { createNoticeLines } from './notices.js';
import type { Renderer, RenderOptions } from './types.js';

/**
 * The answer on stdout, everything else on stderr. On a terminal the text of every turn flows as it
 * comes; a pipe gets the last turn's answer alone, so that `$(ostler …)` holds what was asked for.
 */
export const renderText: Renderer = async (events, options) => {
  const { stdout, stderr } = options;
  const noticeLines = createNoticeLines(options);
  const answer = answerFor(options);
  let result: ResultEvent | undefined;
  for await (const event of events) {
    if (event.type === 'result') {
      result = event;
      // At once, not when the servers are gone.
      if (!stdout.isTerminal) await stdout.write(toLine(event.response));
    } else if (event.type === 'message') {
      if (event.role !== 'assistant') continue;
      // Each message begins a line of its own.
      if (event.delta) await answer.push(event.content);
      else await answer.end();
    } else {
      const lines = noticeLines(event);
      if (lines.length === 0) continue;
      await answer.pause(breaksAnswer(event));
      await stderr.write(`${lines.join('\n')}\n`);
    }
  }
  await answer.end();
  return result as ResultEvent;
};

function answerFor(options: RenderOptions): Answer {
  if (!options.stdout.isTerminal) return NO_ANSWER;
  return options.markdown === undefined
    ? createPlainAnswer(options)
    : createMarkdownAnswer(options, options.markdown);
}

/** News of servers and logs come at any time; the rest comes when the model has stopped writing. */
const breaksAnswer = ({ type }: AgentEvent): boolean => type !== 'log' && type !== 'server';

function toLine(answer: string): string {
  const text = toTerminal(answer);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
