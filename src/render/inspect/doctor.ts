import type { ErrorInfo } from '../../core/errors.js';
import type { InspectEvent, Rung } from '../../core/rungs.js';
import { createPaint } from '../style.js';
import { headerLines, hintLines, indented, rungLines, safe, type LineView } from './lines.js';
import { serverSummary } from './summary.js';
import { createPending } from './pending.js';
import type { Climbed, InspectView } from './types.js';

/** One ladder of many. */
export type DoctorSection =
  | { kind: 'machine' | 'server' | 'ollama'; title: string; events: AsyncIterable<InspectEvent> }
  /** Configured and switched off. */
  | { kind: 'disabled'; title: string };

export interface DoctorView extends InspectView {
  /** Every step of every ladder. */
  verbose: boolean;
}

const TITLES = {
  machine: 'This machine',
  server: 'Servers',
  disabled: 'Servers',
  ollama: 'Ollama',
};

/** Lines that tell more of one step; `ostler inspect` tells them all. */
const MAX_DETAILS = 4;

/** All ladders in order, compact where all is well. Returns the first failure. */
export async function renderDoctor(
  sections: readonly DoctorSection[],
  view: DoctorView,
): Promise<ErrorInfo | null> {
  const { stdout, columns, verbose } = view;
  const paint = createPaint(view.color);
  const lineView = { paint, columns };
  const pending = createPending(view.stderr, view.live);
  const failures: ErrorInfo[] = [];
  let warnings = 0;
  let last = '';
  try {
    for (const section of sections) {
      const heading = TITLES[section.kind];
      const lines = heading === last ? [] : [...(last === '' ? [] : ['']), paint('bold', heading)];
      last = heading;
      if (section.kind === 'disabled') {
        lines.push(paint('dim', `- ${safe(section.title)}: disabled`));
      } else {
        pending.begin(section.title);
        const climbed = await collect(section.events);
        await pending.end();
        if (climbed.error !== null) failures.push(climbed.error);
        warnings += warningsOf(climbed);
        lines.push(...sectionLines(section, climbed, { ...lineView, verbose }));
      }
      await stdout.write(`${lines.join('\n')}\n`);
    }
  } finally {
    await pending.end();
  }
  const counts = [amount(failures.length, 'failure'), amount(warnings, 'warning')];
  const verdict =
    failures.length > 0
      ? paint('red', counts.join(', '))
      : warnings > 0
        ? paint('yellow', counts.join(', '))
        : paint('green', 'all is well');
  await stdout.write(`\n${verdict}\n`);
  return failures[0] ?? null;
}

function amount(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

export async function collect(events: AsyncIterable<InspectEvent>): Promise<Climbed> {
  const climbed: Climbed = { rungs: [], headers: undefined, error: null, ms: 0 };
  for await (const event of events) {
    if (event.type === 'rung') climbed.rungs.push(event);
    else if (event.type === 'headers') climbed.headers = event;
    else if (event.type === 'inspect_end')
      Object.assign(climbed, { error: event.error, ms: event.ms });
  }
  return climbed;
}

export function warningsOf({ rungs, headers }: Climbed): number {
  const odd = rungs.filter(({ status }) => status === 'warning').length;
  return odd + (headers?.warnings.length ?? 0);
}

function sectionLines(
  { kind, title }: DoctorSection,
  climbed: Climbed,
  view: LineView & { verbose: boolean },
): string[] {
  if (kind === 'server') return serverLines(title, climbed, view);
  return climbed.rungs
    .filter(({ status, text }) => view.verbose || status !== 'skipped' || text !== 'not reached')
    .flatMap((rung) => rungLines(view.verbose || rung.status !== 'ok' ? rung : brief(rung), view));
}

/** A step that is well, in one line. */
function brief(rung: Rung): Rung {
  return { ...rung, details: [] };
}

function serverLines(
  title: string,
  climbed: Climbed,
  view: LineView & { verbose: boolean },
): string[] {
  const { paint } = view;
  const { rungs, headers, error } = climbed;
  const name = safe(title);
  if (view.verbose) {
    return [
      paint('bold', name),
      ...rungs.flatMap((rung) => rungLines(rung, view)),
      ...(headers === undefined ? [] : headerLines(headers, view)),
      '',
    ];
  }
  const odd = rungs.filter(({ status }) => status === 'warning');
  const failed = rungs.find(({ status }) => status === 'failed');
  const glyph =
    error !== null
      ? paint('red', '✗')
      : odd.length > 0
        ? paint('yellow', '!')
        : paint('green', '✓');
  const text = failed === undefined ? serverSummary(climbed) : `${failed.name}: ${failed.text}`;
  const [first = '', ...rows] = indented(`${name}: ${safe(text)}`, 2, view);
  return [
    `${glyph} ${first.trimStart()}`,
    ...rows,
    ...shownDetails(failed?.details ?? [], name).flatMap((line) => indented(safe(line), 4, view)),
    ...hintLines(failed?.hint, 4, view),
    ...odd.flatMap((rung) => oddLines(rung, view)),
    ...(headers?.warnings ?? []).flatMap((warning) =>
      indented(`! ${safe(warning)}`, 4, view).map((row) => paint('yellow', row)),
    ),
  ];
}

/** The first ones, and where the others stand. */
function shownDetails(details: readonly string[], name: string): string[] {
  if (details.length <= MAX_DETAILS) return [...details];
  const rest = details.length - MAX_DETAILS;
  return [...details.slice(0, MAX_DETAILS), `(${rest} more: ostler inspect ${name})`];
}

function oddLines({ name, text, details, hint }: Rung, view: LineView): string[] {
  const told = name === 'config' || name === 'lists' ? details : [];
  return [
    ...indented(`! ${name}: ${safe(text)}`, 4, view).map((row) => view.paint('yellow', row)),
    ...told.slice(0, MAX_DETAILS).flatMap((detail) => indented(safe(detail), 6, view)),
    ...hintLines(hint, 6, view),
  ];
}
