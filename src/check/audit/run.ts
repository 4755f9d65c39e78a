import { createQueue } from '../../agent/queue.js';
import { maskUrl, hasUrlSecret } from '../../config/secrets.js';
import type {
  CheckCounts,
  CheckEra,
  CheckEvent,
  CheckTarget,
  Outcome,
} from '../../core/check-events.js';
import { now } from '../../core/clock.js';
import { abortError, OstlerError, toErrorInfo } from '../../core/errors.js';
import { linkAbort } from '../../core/linked-abort.js';
import { REDACTED, redact } from '../../core/redact.js';
import { closeAll } from './close.js';
import { control, type Controlled } from './control.js';
import { createEngine, type Engine } from './engine.js';
import { establish } from './establish.js';
import { otherCredentials, type EraRun } from './facade.js';
import type { AuditOptions } from './options.js';
import { createOrdered, type Ordered } from './ordered.js';
import { planChecks, type Item } from './plan.js';
import { toResult } from './result.js';
import { inconclusive, runStages } from './stages.js';
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
  const end = new AbortController();
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
  emitControl({ emit, stamp, startedAt: parts.startedAt }, { target, error, first });

  const eras =
    good.length === 0 ? controls.slice(0, 1).map(({ era }) => era) : good.map(({ era }) => era);
  const plan = planChecks(options.checks, {
    eras,
    budget: engine.budget,
    thorough: options.thorough ?? false,
  });
  const expected = new Map<Check, number>();
  for (const { check } of [...plan.items, ...plan.dropped]) {
    expected.set(check, (expected.get(check) ?? 0) + 1);
  }
  const ordered = createOrdered(options.checks, expected, (result) => {
    counts[result.outcome] += 1;
    emit({ type: 'check', timestamp: stamp(), result });
  });
  const conducted: Conduct = { ...parts, ordered };
  tellNotRun(conducted, { plan, eras });
  const others = otherCredentials(engine, options);
  for (const controlled of good.length === 0 ? controls.slice(0, 1) : good) {
    const run: EraRun = { engine, options, controlled, others, shared: new Map() };
    const items = plan.items.filter(({ era }) => era === controlled.era);
    await runEra(conducted, run, items);
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

async function runEra(conducted: Conduct, run: EraRun, items: readonly Item[]): Promise<void> {
  const { engine } = conducted;
  const { failure } = run.controlled;
  const told = (item: Item, finding: Finding) => {
    item.account.close();
    add(conducted, item, { finding, requests: item.account.used });
  };
  const runnable =
    failure === undefined ? items : items.filter(({ check }) => canRun(check, failure));
  for (const item of items) {
    if (!runnable.includes(item))
      told(item, inconclusive(`the control failed: ${failure?.message ?? ''}`));
  }
  await runStages(run, runnable, (item, result) => {
    conducted.ordered.add(item.check, item.era, result);
    progress(conducted);
  });
  for (const close of engine.streams) close();
  engine.streams.clear();
}

/** Without an answer from the server there is nothing to find, with a bad certificate there is. */
function canRun(check: Check, { code }: OstlerError): boolean {
  return check.withoutControl === true && code !== 'server_unreachable' && code !== 'timeout';
}

interface NotRun {
  plan: ReturnType<typeof planChecks>;
  eras: readonly CheckEra[];
}

/** Checks that the eras have no use for, and those the budget has no room for. */
function tellNotRun(conducted: Conduct, { plan, eras }: NotRun): void {
  const { options, engine } = conducted;
  const planned = new Set([...plan.items, ...plan.dropped].map(({ check }) => check));
  const [era = 'sessions'] = eras;
  for (const check of options.checks) {
    if (planned.has(check)) continue;
    const reason = `It is for ${check.eras.join(' and ')}; this server speaks ${eras.join(' and ')}.`;
    add(conducted, { check, era }, { finding: { outcome: 'not_applicable', reason }, requests: 0 });
  }
  const spent = `the budget of ${engine.budget.max} requests is used up: raise it with --max-requests`;
  for (const item of plan.dropped) {
    add(conducted, item, { finding: inconclusive(spent), requests: 0 });
  }
}

function add(
  conducted: Conduct,
  { check, era }: Pick<Item, 'check' | 'era'>,
  outcome: { finding: Finding; requests: number },
): void {
  conducted.ordered.add(check, era, toResult(conducted.engine, check, outcome));
  progress(conducted);
}

function progress({ emit, stamp, ordered, options, engine }: Conduct): void {
  emit({
    type: 'check_progress',
    timestamp: stamp(),
    done: ordered.done,
    planned: options.checks.length,
    requests: engine.budget.used,
  });
}

interface ControlOutcome {
  target: CheckTarget | undefined;
  error: OstlerError | undefined;
  first: Controlled | undefined;
}

function emitControl(
  { emit, stamp, startedAt }: Pick<Conduct, 'emit' | 'stamp' | 'startedAt'>,
  { target, error, first }: ControlOutcome,
): void {
  const base = { type: 'control', timestamp: stamp() } as const;
  if (error !== undefined || target === undefined || first === undefined) {
    const why = error ?? new OstlerError('server_failed', 'The server speaks no era of MCP.');
    emit({
      ...base,
      ok: false,
      ...(target === undefined ? {} : { target }),
      error: toErrorInfo(why),
    });
    return;
  }
  const { tools } = first.control;
  emit({ ...base, ok: true, target, tools: tools.length, ms: Math.round(now() - startedAt) });
}

function targetOf(engine: Engine, controls: readonly Controlled[]): CheckTarget {
  const { serverName, serverVersion, protocolVersion } = controls[0]?.control ?? {};
  return {
    server: engine.server.id,
    url: shownUrl(engine),
    eras: controls.map(({ era }) => era),
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
    ...(serverName === undefined ? {} : { serverName: redact(serverName) }),
    ...(serverVersion === undefined ? {} : { serverVersion: redact(serverVersion) }),
    credentials: engine.credentials.names,
  };
}

function shownUrl({ server }: Engine): string {
  return redact(maskUrl(new URL(server.url), REDACTED));
}

function notesOf({ url, credentials }: Engine): string[] {
  const notes: string[] = [];
  if (hasUrlSecret(url)) {
    notes.push(
      'The URL itself carries a credential, which every request sends, those "without credentials" too: give it as a header.',
    );
  }
  if (credentials.names.length > 1) {
    const [carrier = ''] = credentials.form === undefined ? [] : [credentials.form.header];
    notes.push(
      `Several headers carry credentials (${credentials.names.join(', ')}): only ${carrier} is altered, and none is sent "without credentials".`,
    );
  }
  return notes;
}
