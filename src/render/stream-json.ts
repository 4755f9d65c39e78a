import type { ResultEvent } from '../core/events.js';
import { toJsonLine } from '../core/output-json.js';
import type { Renderer } from './types.js';

/** The event stream as it is, one event a line. */
export const renderStreamJson: Renderer = async (events, { stdout }) => {
  let result: ResultEvent | undefined;
  for await (const event of events) {
    if (event.type === 'result') result = event;
    await stdout.write(`${toJsonLine(event)}\n`);
  }
  return result as ResultEvent;
};
