import { maskUrl } from '../../config/secrets.js';
import type { CheckEvent, CheckTarget } from '../../core/check-events.js';
import { OstlerError, toErrorInfo } from '../../core/errors.js';
import { REDACTED, redact } from '../../core/redact.js';
import type { Controlled } from './control.js';
import type { Engine } from './engine.js';

interface ControlOutcome {
  target: CheckTarget | undefined;
  error: OstlerError | undefined;
  first: Controlled | undefined;
  ms: number;
  timestamp: string;
}

/** How the positive control ended. */
export function controlEvent(outcome: ControlOutcome): CheckEvent {
  const { target, error, first, ms, timestamp } = outcome;
  const base = { type: 'control', timestamp } as const;
  if (error === undefined && target !== undefined && first !== undefined) {
    return { ...base, ok: true, target, tools: first.control.tools.length, ms: Math.round(ms) };
  }
  const why = error ?? new OstlerError('server_failed', 'The server speaks no era of MCP.');
  return {
    ...base,
    ok: false,
    ...(target === undefined ? {} : { target }),
    error: toErrorInfo(why),
  };
}

/** What was audited. */
export function targetOf(engine: Engine, controls: readonly Controlled[]): CheckTarget {
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

/** The URL without its secrets. */
export function shownUrl({ server }: Engine): string {
  return redact(maskUrl(new URL(server.url), REDACTED));
}

/** What a reader has to know to read the results rightly. */
export function notesOf({ credentials }: Engine): string[] {
  const notes: string[] = [];
  if (credentials.good.query !== undefined) {
    notes.push(
      'The URL itself carries a credential, where logs and histories keep it (RFC 6750 §5.3). Requests "without credentials" were sent without it; what is wrong or altered is tested in a header only.',
    );
  }
  const { form, names } = credentials;
  if (form !== undefined && names.length > 1) {
    notes.push(
      `Several headers carry credentials (${names.join(', ')}): only ${form.header} is altered, and none is sent "without credentials".`,
    );
  }
  return notes;
}
