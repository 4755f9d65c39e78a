import { differenceOf, median, ratiosOf } from './statistics.js';
import type { Goal, Metric, Row, Samples, Scenario, Subject } from './types.js';

const WORDS: Record<Metric, string> = {
  wall: '',
  turn: 'a turn',
  answer: 'answer to exit',
  cpu: 'CPU',
  rss: 'memory',
  key: 'median',
  keyTail: 'p99',
  share: 'CPU',
  written: 'written',
  frames: '',
  wipes: '',
  grown: 'heap beyond 3 × the text',
  later: 'a late turn beyond an early one',
};

const UNITS: Record<Metric, string> = {
  wall: 'ms',
  turn: 'ms',
  answer: 'ms',
  cpu: 'ms',
  rss: 'MB',
  key: 'ms',
  keyTail: 'ms',
  share: '% of a core',
  written: 'million bytes',
  frames: 'frames/s',
  wipes: 'wipes',
  grown: 'MB',
  later: 'ms',
};

interface Figure {
  text: string;
  /** Figure ÷ limit. */
  share: number;
  ratios?: NonNullable<Row['ratios']>;
}

function valuesOf(samples: Samples, id: string, metric: Metric): number[] {
  return (samples.get(id) ?? []).map((sample) => sample[metric] ?? Number.NaN);
}

function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}

function rounded(value: number, metric: Metric): string {
  const digits = Math.abs(value) < 20 && metric !== 'wipes' ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[metric]}`;
}

/** A limit of nothing is kept by nothing alone. */
function shareOf(value: number, limit: number): number {
  return limit === 0 && value === 0 ? 0 : value / limit;
}

function figureOf(subject: Subject, goal: Goal, samples: Samples): Figure {
  const ours = valuesOf(samples, subject.id, goal.metric);
  const floor = valuesOf(samples, subject.against ?? subject.id, goal.metric);
  const ratios = ratiosOf(ours, floor);
  if (goal.kind === 'ratio' || goal.kind === 'none') {
    return { text: times(ratios.pairs), share: ratios.pairs / goal.limit, ratios };
  }
  if (goal.kind === 'more') {
    const more = differenceOf(ours, floor);
    const sign = more < 0 ? '−' : '+';
    const text = `${sign}${rounded(Math.abs(more), goal.metric)}`;
    return { text, share: more / goal.limit };
  }
  const value = median(ours);
  const text = rounded(value, goal.metric);
  if (goal.orRatio === undefined) return { text, share: shareOf(value, goal.limit) };
  const share = Math.min(value / goal.limit, ratios.pairs / goal.orRatio);
  return { text: `${text}, ${times(ratios.pairs)}`, share, ratios };
}

/** The goal in the words of the table. */
function goalText(goal: Goal): string {
  const words = WORDS[goal.metric];
  const prefix = words ? `${words} ` : '';
  if (goal.kind === 'none') return `${prefix}–`;
  if (goal.kind === 'ratio') return `${prefix}≤ ${goal.limit} × raw`;
  const amount = `${goal.limit} ${UNITS[goal.metric]}`;
  if (goal.kind === 'more') return `${prefix}≤ +${amount}`;
  return `${prefix}≤ ${amount}${goal.orRatio ? ` or ${goal.orRatio} × raw` : ''}`;
}

/** Where several subjects of ours are measured (a help text each), the worst one counts and is named. */
function worst(subjects: readonly Subject[], goal: Goal, samples: Samples): Figure | undefined {
  const figures = subjects.map((subject) => ({ subject, ...figureOf(subject, goal, samples) }));
  const [first] = figures.toSorted((a, b) => b.share - a.share);
  if (!first) return undefined;
  const { subject, ...figure } = first;
  return figures.length > 1 ? { ...figure, text: `${figure.text} (${subject.id})` } : figure;
}

/** The subjects of one role that stand against something. */
function judged({ subjects }: Scenario, role: Subject['role']): Subject[] {
  return subjects.filter((subject) => subject.role === role && subject.against !== undefined);
}

/** One row for each goal. */
export function judge(scenario: Scenario, samples: Samples): Row[] {
  return scenario.goals.map((goal) => {
    const ours = worst(judged(scenario, 'ours'), goal, samples);
    const libs = worst(judged(scenario, 'libs'), goal, samples);
    const share = ours?.share ?? Number.NaN;
    const verdict = share <= 1 ? 'ok' : 'over';
    const medians = scenario.subjects.map(({ id }) => [
      id,
      median(valuesOf(samples, id, goal.metric)),
    ]);
    return {
      scenario: scenario.id,
      title: scenario.title,
      goal: goalText(goal),
      figure: ours?.text ?? 'not measured',
      libs: libs?.text ?? '',
      verdict: goal.kind === 'none' ? '–' : verdict,
      share: goal.kind === 'none' ? 0 : share,
      ...(ours?.ratios ? { ratios: ours.ratios } : {}),
      medians: Object.fromEntries(medians),
    };
  });
}
