import type { CheckEra } from '../../core/check-events.js';
import type { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { ask } from './ask.js';
import type { Account } from './budget.js';
import type { Engine } from './engine.js';
import type { Found } from './establish.js';
import { VERSIONS } from './handshake.js';
import { statelessSession } from './open.js';
import { refusalOf, rpcError } from './refused.js';
import type { Answer, Control, ProbeSession } from './types.js';
import { endedWatch } from './watch.js';

/** The positive control of one era. `failure` when the good credential does not get through. */
export interface Controlled {
  era: CheckEra;
  control: Control;
  failure?: OstlerError;
}

const LIST_BYTES = 8 * 1024 * 1024;
const LIST_MS = 10_000;
const MAX_PAGES = 3;

/** Lists the tools of an opened session, or pings it when it has none: with good credentials everything works. */
export async function control(engine: Engine, found: Found, account: Account): Promise<Controlled> {
  const { era, session, result = {}, failure } = found;
  if (session === undefined || failure !== undefined) {
    return { era, control: failed(engine, found), ...(failure === undefined ? {} : { failure }) };
  }
  const capabilities = isRecord(result['capabilities']) ? result['capabilities'] : {};
  const listed = await exercise(engine, { session, account, hasTools: 'tools' in capabilities });
  return {
    era,
    control: {
      victim: session,
      ...identityOf(result),
      protocolVersion: versionOf(era, result),
      capabilities,
      tools: listed.tools,
      answers: [...found.answers, ...listed.answers],
    },
    ...(listed.failure === undefined ? {} : { failure: listed.failure }),
  };
}

interface Exercise {
  session: ProbeSession;
  account: Account;
  hasTools: boolean;
}

interface Listed {
  tools: JsonObject[];
  answers: Answer[];
  failure?: OstlerError;
}

async function exercise(engine: Engine, { session, account, hasTools }: Exercise): Promise<Listed> {
  const tools: JsonObject[] = [];
  const answers: Answer[] = [];
  if (!hasTools && session.era === 'stateless') return { tools, answers };
  const method = hasTools ? 'tools/list' : 'ping';
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const options = { ...params, timeoutMs: LIST_MS, maxBytes: LIST_BYTES };
    const asked = await ask(engine, account, { session, method, options });
    answers.push(asked.answer);
    const response = asked.answer.status < 300 ? await asked.response() : undefined;
    const result = response?.['result'];
    if (!isRecord(result))
      return { tools, answers, failure: whyNot(engine, asked.answer, response) };
    if (Array.isArray(result['tools']))
      tools.push(...(result['tools'].filter(isRecord) as JsonObject[]));
    cursor = typeof result['nextCursor'] === 'string' ? result['nextCursor'] : undefined;
    if (cursor === undefined) break;
  }
  return { tools, answers };
}

function whyNot(engine: Engine, answer: Answer, response: JsonObject | undefined): OstlerError {
  return response === undefined ? refusalOf(engine, answer) : rpcError(engine.server.id, response);
}

function versionOf(era: CheckEra, result: JsonObject): string {
  const version = result['protocolVersion'];
  return typeof version === 'string' ? version.slice(0, 64) : VERSIONS[era];
}

/** `serverInfo` of `initialize`, or where 2026-07-28 has it. */
function identityOf(result: JsonObject): Pick<Control, 'serverName' | 'serverVersion'> {
  const meta = isRecord(result['_meta']) ? result['_meta'] : {};
  const info = result['serverInfo'] ?? meta['io.modelcontextprotocol/serverInfo'];
  if (!isRecord(info)) return {};
  const { name, version } = info;
  return {
    ...(typeof name === 'string' ? { serverName: name.slice(0, 200) } : {}),
    ...(typeof version === 'string' ? { serverVersion: version.slice(0, 64) } : {}),
  };
}

/** What checks without a control see of one that failed. */
function failed(engine: Engine, { era, answers }: Found): Control {
  const victim = { ...statelessSession(engine, engine.credentials.good), era };
  return {
    victim: { ...victim, stream: endedWatch('the control failed') },
    protocolVersion: VERSIONS[era],
    capabilities: {},
    tools: [],
    answers,
  };
}
