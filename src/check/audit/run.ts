import { createQueue } from '../../core/queue.js';
import type {
  CheckCounts,
  CheckEra,
  CheckEvent,
  CheckResult,
  CheckTarget,
  Outcome,
} from '../../core/check-events.js';
import { now } from '../../core/clock.js';
import { abortError, OstlerError, toErrorInfo } from '../../core/errors.js';
import { linkAbort } from '../../core/linked-abort.js';
import { createAbort } from '../../core/wait.js';
import { closeAll } from './close.js';
import { control, type Controlled } from './control.js';
import { createEngine, type Engine } from './engine.js';
import { establish } from './establish.js';
import { otherCredentials, type EraRun } from './facade.js';
import type { AuditOptions } from './options.js';
import { createOrdered, type Ordered } from './ordered.js';
import { createAdmission, itemsOf, type Item } from './plan.js';
import { toResult } from './result.js';
import { inconclusive, runStages, type Stages } from './stages.js';
import { askStillGood, doubted } from './still-good.js';
import { controlEvent, notesOf, shownUrl, targetOf } from './told.js';
import type { Check, Finding } from './types.js';

/** Requests set aside for finding out the era and the control. */
const CONTROL_REQUESTS = 8;
/** How long the tidying up may take. */
const CLOSING_MS = 1200;

/**
 * Audits one server: the positive control first, then every check; results come in the order of
 * `checks`. It ends with `check_end` always, by the signal too, and then has closed what it opened.
 */
export async function* runAudit(options: AuditOptions): AsyncGenerator<CheckEvent, void> {
  const queue = createQueue<CheckEvent>();
  const link = linkAbort(options.signal);
  const work = conduct(options, link.signal, queue.push).finally(queue.end);
  work.catch(() => {});
  try {
    yield* queue.items();
  } finally {
    link.abort(new OstlerError('interrupted', 'Nobody reads on.'));
    await work.finally(link.release);
  }
}

type Emit = (event: CheckEvent) => void;

/** All of one audit's state beside the engine. */
interface Conduct {
  options: AuditOptions;
  engine: Engine;
  emit: Emit;
  stamp: () => string;
  ordered: Ordered;
  counts: Record<Outcome, number>;
  startedAt: number;
}

async function conduct(options: AuditOptions, signal: AbortSignal, emit: Emit): Promise<void> {
  const end = createAbort();
  const engine = createEngine(options, signal, end.signal);
  const { clock = () => new Date() } = options;
  const stamp = () => clock().toISOString();
  const startedAt = now();
  const counts = { pass: 0, fail: 0, warn: 0, inconclusive: 0, not_applicable: 0 };
  const shown = { url: shownUrl(engine), server: engine.server.id };
  emit({ type: 'check_start', timestamp: stamp(), ...shown, planned: options.checks.length });
  let error: OstlerError | undefined;
  let target: CheckTarget | undefined;
  try {
    const outcome = await audit({ options, engine, emit, stamp, counts, startedAt });
    ({ error, target } = outcome);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    error = abortError(signal);
  } finally {
    const timer = setTimeout(() => end.abort(), CLOSING_MS);
    await closeAll(engine);
    clearTimeout(timer);
  }
  if (signal.aborted) error = abortError(signal);
  emit({
    type: 'check_end',
    timestamp: stamp(),
    ...(target === undefined ? {} : { target }),
    counts: counts satisfies CheckCounts,
    requests: engine.budget.used,
    ms: Math.round(now() - startedAt),
    error: error === undefined ? null : toErrorInfo(error),
    notes: notesOf(engine),
  });
}

interface Ended {
  error?: OstlerError | undefined;
  target?: CheckTarget | undefined;
}

async function audit(parts: Omit<Conduct, 'ordered'>): Promise<Ended> {
  const { options, engine, emit, stamp, counts } = parts;
  const controls = await controlAll(engine);
  const [first] = controls;
  const good = controls.filter(({ failure }) => failure === undefined);
  const target =
    first === undefined ? undefined : targetOf(engine, good.length === 0 ? [first] : good);
  const error = good.length === 0 ? first?.failure : undefined;
  emit(controlEvent({ target, error, first, ms: now() - parts.startedAt, timestamp: stamp() }));

  const audited = good.length === 0 ? controls.slice(0, 1) : good;
  const eras = audited.map(({ era }) => era);
  const items = itemsOf(options.checks, eras);
  const expected = new Map<Check, number>();
  for (const { check } of items) expected.set(check, (expected.get(check) ?? 0) + 1);
  const ordered = createOrdered(options.checks, expected, (result) => {
    counts[result.outcome] += 1;
    emit({ type: 'check', timestamp: stamp(), result });
  });
  const conducted: Conduct = { ...parts, ordered };
  tellNotMeant(conducted, { eras, meant: new Set(expected.keys()) });
  const others = otherCredentials(engine, options);
  const { budget } = engine;
  const admission = createAdmission({ items, budget, thorough: options.thorough ?? false });
  for (const controlled of audited) {
    const run: EraRun = { engine, options, controlled, others, shared: new Map() };
    const own = items.filter(({ era }) => era === controlled.era);
    await runEra(conducted, { run, items: own, admission });
  }
  return { target, error };
}

async function controlAll(engine: Engine): Promise<Controlled[]> {
  const account = engine.budget.reserve(CONTROL_REQUESTS);
  try {
    const controls: Controlled[] = [];
    for (const found of await establish(engine, account)) {
      controls.push(await control(engine, found, account));
    }
    return controls;
  } finally {
    account.close();
  }
}

type EraStages = Omit<Stages, 'onResult' | 'beforeLast'>;

/** What rests on refusals is told once it is known that they were meant for the wrong ones only. */
async function runEra(conducted: Conduct, era: EraStages): Promise<void> {
  const held: { item: Item; result: CheckResult }[] = [];
  let isLast = false;
  const tell = (item: Item, result: CheckResult) =>
    conducted.ordered.add(item.check, item.era, result);
  const { failure } = era.run.controlled;
  const items = era.items.filter((item) => {
    if (failure === undefined || canRun(item.check, failure)) return true;
    era.admission.drop(item);
    add(conducted, item, inconclusive(`the control failed: ${failure.message}`));
    return false;
  });
  await runStages({
    ...era,
    items,
    onResult(item, result) {
      if (isLast) tell(item, result);
      else held.push({ item, result });
      progress(conducted, isLast ? 0 : held.length);
    },
    async beforeLast() {
      const results = held.map(({ result }) => result);
      const last = items.filter(({ check }) => check.stage === 'last');
      const needed = last.reduce((sum, { check }) => sum + check.requests, 0);
      const answer = await askStillGood(era.run, { results, needed });
      isLast = true;
      for (const { item, result } of held) tell(item, doubted(result, answer));
    },
  });
}

/** Without an answer from the server there is nothing to find, with a bad certificate there is. */
function canRun(check: Check, { code }: OstlerError): boolean {
  return check.withoutControl === true && code !== 'server_unreachable' && code !== 'timeout';
}

/** Checks that the server's eras have no use for. */
function tellNotMeant(
  conducted: Conduct,
  { eras, meant }: { eras: readonly CheckEra[]; meant: ReadonlySet<Check> },
): void {
  const [era = 'sessions'] = eras;
  for (const check of conducted.options.checks) {
    if (meant.has(check)) continue;
    const reason = `It is for ${check.eras.join(' and ')}; this server speaks ${eras.join(' and ')}.`;
    add(conducted, { check, era }, { outcome: 'not_applicable', reason });
  }
}

function add(conducted: Conduct, { check, era }: Item, finding: Finding): void {
  const result = toResult(conducted.engine, check, { finding, requests: 0 });
  conducted.ordered.add(check, era, result);
  progress(conducted);
}

function progress({ emit, stamp, ordered, options, engine }: Conduct, held = 0): void {
  emit({
    type: 'check_progress',
    timestamp: stamp(),
    done: Math.min(ordered.done + held, options.checks.length),
    planned: options.checks.length,
    requests: engine.budget.used,
  });
}
