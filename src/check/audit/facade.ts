import type { Account } from './budget.js';
import { ask } from './ask.js';
import { givenToken } from './credentials.js';
import type { Controlled } from './control.js';
import { createDeferred } from '../../core/deferred.js';
import type { Engine } from './engine.js';
import { openSession } from './open.js';
import type { AuditOptions } from './options.js';
import { send } from './send.js';
import type { Audit, Control, Credential } from './types.js';

/** What the checks of one era share. */
export interface EraRun {
  engine: Engine;
  options: AuditOptions;
  controlled: Controlled;
  others: OtherCredentials;
  shared: Map<string, Promise<unknown>>;
}

type OtherCredentials = Pick<Audit, 'second' | 'expired' | 'wrongAudience' | 'limited'>;

export function otherCredentials(engine: Engine, { tokens = {} }: AuditOptions): OtherCredentials {
  const given = (token: string | undefined, label: string): Credential | undefined => {
    if (token !== undefined) engine.runs.add(token.trim().replace(/^bearer /i, ''));
    return givenToken(engine.credentials, token, label);
  };
  return {
    second: given(tokens.second, 'second'),
    expired: given(tokens.expired, 'expired'),
    wrongAudience: given(tokens.wrongAudience, 'wrong-audience'),
    limited: given(tokens.limited, 'limited'),
  };
}

/** The audit as one check sees it: its requests go on its account. `waits` resolves when it first waits in `seen`. */
export function auditFor(run: EraRun, account: Account): { audit: Audit; waits: Promise<void> } {
  const { engine, options, controlled, others, shared } = run;
  const { form, good, none, wrong, withToken } = engine.credentials;
  const { era } = controlled;
  const waits = createDeferred<void>();
  const audit: Audit = {
    url: engine.url,
    server: engine.server,
    era,
    control: withSignalOfSeen(controlled.control, waits.resolve),
    form,
    good,
    none,
    wrong,
    withToken,
    ...others,
    thorough: options.thorough ?? false,
    active: options.active ?? false,
    tool: options.tool,
    signal: engine.signal,
    send: (probe) => send(engine, probe, account),
    ask: (session, method, asking = {}) =>
      ask(engine, account, { session, method, options: asking }),
    async open(as, opening = {}) {
      const { session, answers, failure } = await openSession(engine, {
        ...opening,
        era,
        as,
        account,
      });
      if (session !== undefined && failure === undefined) return session;
      const refused = answers.at(-1);
      if (refused === undefined) throw failure ?? new Error('nothing was opened');
      return { refused };
    },
    once<T>(key: string, work: () => Promise<T>): Promise<T> {
      const known = (shared.get(key) as Promise<T> | undefined) ?? work();
      shared.set(key, known);
      return known;
    },
    seen: () => engine.answers,
  };
  return { audit, waits: waits.promise };
}

function withSignalOfSeen(control: Control, onSeen: () => void): Control {
  const { stream } = control.victim;
  if (stream === undefined) return control;
  const watched: typeof stream = Object.create(stream, {
    seen: {
      value: (marker: string) => {
        onSeen();
        return stream.seen(marker);
      },
    },
  });
  return { ...control, victim: { ...control.victim, stream: watched } };
}
