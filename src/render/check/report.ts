import type {
  CheckEvent,
  CheckInfo,
  CheckReport,
  CheckResult,
  Severity,
} from '../../core/check-events.js';
import { SEVERITIES } from '../../core/check-events.js';

export type ControlEvent = Extract<CheckEvent, { type: 'control' }>;

/** All that was told of one audit, put together for the reports. */
export interface AuditReport extends CheckReport {
  control: ControlEvent | undefined;
}

/** Reads the events to their end. `onEvent` sees each as it comes. */
export async function collectReport(
  events: AsyncIterable<CheckEvent>,
  onEvent: (event: CheckEvent) => void = () => {},
): Promise<AuditReport> {
  const results: CheckResult[] = [];
  let start: AuditReport['start'] | undefined;
  let end: AuditReport['end'] | undefined;
  let control: ControlEvent | undefined;
  for await (const event of events) {
    onEvent(event);
    if (event.type === 'check_start') start = event;
    else if (event.type === 'control') control ??= event;
    else if (event.type === 'check') results.push(event.result);
    else if (event.type === 'check_end') end = event;
  }
  if (start === undefined || end === undefined) throw new Error('the audit told no start or end');
  return { start, control, results, end };
}

/** What `--fail-on` names: failures of at least this severity count; `never` counts none. */
export type FailOn = Severity | 'never';

export interface Threshold {
  failOn: FailOn;
  /** A check of at least that severity that could not be run counts as well. */
  strict: boolean;
}

/** True for `high` against `medium`, and for equals. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

/** True when this result makes the command fail. */
export function breaks({ outcome, severity }: CheckResult, { failOn, strict }: Threshold): boolean {
  if (failOn === 'never' || !isAtLeast(severity, failOn)) return false;
  return outcome === 'fail' || (strict && outcome === 'inconclusive');
}

/** `AUTH` of `AUTH-01`. */
export function groupOf({ id }: Pick<CheckInfo, 'id'>): string {
  return id.split('-')[0] ?? id;
}

const GROUP_TITLES: Readonly<Record<string, string>> = {
  AUTH: 'Authentication',
  CHAL: 'Challenges and metadata',
  SESS: 'Sessions',
  NET: 'Network',
  HTTP: 'HTTP and JSON-RPC',
  TOOL: 'Tools',
};

export function groupTitle(group: string): string {
  return GROUP_TITLES[group] ?? group;
}

/** Items by the group of their ids, groups in the order in which they first come. */
export function byGroup<T extends Pick<CheckInfo, 'id'>>(
  items: readonly T[],
): (readonly [group: string, items: readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groupOf(item);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [item]);
    else known.push(item);
  }
  return [...groups];
}

/** `1 request`, `2 requests`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** `48 passed, 2 failed, 1 warning, 6 inconclusive, 5 not applicable`; what is zero is left out but the first two. */
export function countsText({ counts }: AuditReport['end']): string {
  return [
    `${counts.pass} passed`,
    `${counts.fail} failed`,
    ...(counts.warn === 0 ? [] : [count(counts.warn, 'warning')]),
    ...(counts.inconclusive === 0 ? [] : [`${counts.inconclusive} inconclusive`]),
    ...(counts.not_applicable === 0 ? [] : [`${counts.not_applicable} not applicable`]),
  ].join(', ');
}

/** What further flags would test: `--second-token-env: SESS-02, SESS-03`. */
export function untested(results: readonly CheckResult[]): string[] {
  const byFlag = new Map<string, Set<string>>();
  for (const { id, outcome, reason } of results) {
    const flag = /--[a-z][a-z-]+/.exec(reason)?.[0];
    if (flag === undefined || (outcome !== 'inconclusive' && outcome !== 'not_applicable'))
      continue;
    byFlag.set(flag, (byFlag.get(flag) ?? new Set()).add(id));
  }
  return [...byFlag].map(([flag, ids]) => `${flag}: ${[...ids].join(', ')}`);
}

const ERA_TITLES = {
  sse: 'HTTP+SSE',
  sessions: 'Streamable HTTP with sessions',
  stateless: 'stateless HTTP',
} as const;

/** The eras in words, as the server speaks them. */
export function eraNames(eras: readonly (keyof typeof ERA_TITLES)[]): string {
  return eras.map((era) => ERA_TITLES[era]).join(' and ');
}
