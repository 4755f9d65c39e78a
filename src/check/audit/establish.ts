import type { CheckEra } from '../../core/check-events.js';
import type { OstlerError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import type { Account } from './budget.js';
import type { Engine } from './engine.js';
import { ACCEPT, statelessHeaders, statelessParams } from './handshake.js';
import { openSession, statelessSession, type Opening } from './open.js';
import { resultOf } from './open-http.js';
import { refusalOf } from './refused.js';
import { send } from './send.js';

/** An era the server speaks, its victim's session open; or what stood in the way. */
export interface Found extends Opening {
  era: CheckEra;
}

/** After these there is no use in asking in another way. */
const FINAL = new Set<OstlerError['code']>([
  'auth_required',
  'auth_rejected',
  'forbidden',
  'server_unreachable',
  'tls_error',
  'config_invalid',
]);

/** Refusals that say "not this transport here" (2025-11-25/basic/transports#backwards-compatibility). */
const OTHER_TRANSPORT = new Set([400, 404, 405]);

/**
 * Finds the eras a server speaks: `server/discover`, then `initialize`, then a GET; an SSE target
 * the other way round. What the target says about its transport and protocol narrows it. When it
 * speaks none, the one that is returned has the most telling `failure`.
 */
export async function establish(engine: Engine, account: Account): Promise<Found[]> {
  const { server } = engine;
  const posts: CheckEra[] =
    server.protocol === 'auto'
      ? ['stateless', 'sessions']
      : [server.protocol === 'legacy' ? 'sessions' : 'stateless'];
  const isSse = server.transport === 'sse';
  const first = await tryAll(engine, account, isSse ? ['sse'] : posts);
  const last = first.at(-1);
  if (first.some(isOpen) || !server.fallback || !isOtherTransport(last)) return decided(first, []);
  return decided(first, await tryAll(engine, account, isSse ? posts : ['sse']));
}

async function tryAll(
  engine: Engine,
  account: Account,
  eras: readonly CheckEra[],
): Promise<Found[]> {
  const found: Found[] = [];
  for (const era of eras) {
    const next = await tryEra(engine, account, era);
    found.push({ era, ...next });
    if (isFinal(next)) break;
  }
  return found;
}

async function tryEra(engine: Engine, account: Account, era: CheckEra): Promise<Opening> {
  const { good } = engine.credentials;
  if (era === 'stateless') return discover(engine, account);
  return openSession(engine, { era, as: good, account, stream: era === 'sessions' });
}

async function discover(engine: Engine, account: Account): Promise<Opening> {
  const { good } = engine.credentials;
  const id = engine.nextId();
  const method = 'server/discover';
  const body: JsonObject = { jsonrpc: '2.0', id, method, params: statelessParams() };
  const answer = await send(
    engine,
    {
      what: `${method} as ${good.label}`,
      method: 'POST',
      as: good,
      headers: [ACCEPT, ...statelessHeaders(method)],
      body,
    },
    account,
  );
  const result = resultOf(answer, id);
  if (result === undefined || !Array.isArray(result['supportedVersions'])) {
    return { answers: [answer], failure: refusalOf(engine, answer) };
  }
  return { session: statelessSession(engine, good), result, answers: [answer] };
}

function isOpen({ failure }: Found): boolean {
  return failure === undefined;
}

/** No other way of asking would say more. */
function isFinal({ failure, certain }: Opening): boolean {
  return failure !== undefined && (certain === true || FINAL.has(failure.code));
}

function isOtherTransport(found: Found | undefined): boolean {
  if (found?.failure === undefined || isFinal(found)) return false;
  const { status, code } = found.failure;
  return code === 'protocol_error' || (status !== undefined && OTHER_TRANSPORT.has(status));
}

/** The open ones, sessions before stateless; what was asked in vain goes before the first one's answers. */
function decided(first: readonly Found[], second: readonly Found[]): Found[] {
  const tried = [...first, ...second];
  const [open, ...others] = tried.filter(isOpen).toReversed();
  const vain = tried.filter((found) => !isOpen(found));
  const answers = vain.flatMap((found) => found.answers);
  if (open !== undefined) return [{ ...open, answers: [...answers, ...open.answers] }, ...others];
  const telling = vain.find(isFinal) ?? first.at(-1);
  return telling === undefined ? [] : [{ ...telling, answers }];
}
