import type { ResultEvent } from '../core/events.js';
import { toJsonLine } from '../core/output-json.js';
import { createNotices } from './notices.js';
import type { Renderer } from './types.js';

/** One object: the `result` event, which holds the error too. */
export const renderJson: Renderer = async (events, options) => {
  const notices = createNotices(options);
  let result: ResultEvent | undefined;
  for await (const event of events) {
    if (event.type === 'result') result = event;
    else if (event.type !== 'error' || event.severity !== 'error') await notices(event);
  }
  await options.stdout.write(`${toJsonLine(result)}\n`);
  return result as ResultEvent;
};
