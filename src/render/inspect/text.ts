import type { InspectEvent, Rung } from '../../core/rungs.js';
import { createPaint } from '../style.js';
import { duration, headerLines, rungLines, safe } from './lines.js';
import { createPending } from './pending.js';
import type { InspectView } from './types.js';

export type InspectEnd = Extract<InspectEvent, { type: 'inspect_end' }>;

/** The ladder for a person, each step as it comes. Returns how it ended. */
export async function renderInspect(
  events: AsyncIterable<InspectEvent>,
  view: InspectView,
): Promise<InspectEnd> {
  const { stdout, stderr, columns, live } = view;
  const paint = createPaint(view.color);
  const pending = createPending(stderr, live);
  const write = (lines: readonly string[]) =>
    lines.length === 0 ? Promise.resolve() : stdout.write(`${lines.join('\n')}\n`);
  const skipped: Rung[] = [];
  try {
    for await (const event of events) {
      if (event.type === 'rung_start') {
        pending.begin(event.name);
        continue;
      }
      await pending.end();
      switch (event.type) {
        case 'rung':
          if (event.status === 'skipped' && event.text === 'not reached') skipped.push(event);
          else await write(rungLines(event, { paint, columns }));
          break;
        case 'headers':
          await write(notReached(skipped).map((line) => paint('dim', line)));
          skipped.length = 0;
          if (event.channels.some(({ headers }) => headers.length > 0) || event.warnings.length > 0)
            await write(['', ...headerLines(event, { paint, columns })]);
          break;
        case 'inspect_end': {
          await write(notReached(skipped).map((line) => paint('dim', line)));
          const what = event.ok ? paint('green', 'ready') : paint('red', 'not ready');
          await write(['', `${safe(event.server)}: ${what}, ${duration(event.ms)}`]);
          return event;
        }
      }
    }
  } finally {
    await pending.end();
  }
  throw new Error('the ladder ends with inspect_end');
}

function notReached(rungs: readonly Rung[]): string[] {
  if (rungs.length === 0) return [];
  return [`- not reached: ${rungs.map(({ name }) => name).join(', ')}`];
}
