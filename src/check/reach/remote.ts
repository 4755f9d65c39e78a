import type { RemoteServer } from '../../config/types.js';
import { now } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import type { InspectEvent } from '../../core/rungs.js';
import type { Handshake } from '../../mcp/connection.js';
import type { Connection } from '../../mcp/types.js';
import { challengeOf, tellAccepted, tellRefused } from './auth.js';
import { tellConfig } from './config-step.js';
import { reportHeaders } from './header-report.js';
import { climb, type Ladder } from './ladder.js';
import { climbNetwork } from './network.js';
import { climbOffers, tellHandshake } from './speak.js';
import { speaksTls } from './tls.js';
import { tellHttp, tellTransport, waitingFor } from './transport-step.js';
import type { InspectOptions } from './types.js';
import { createWire, type Wire, type WireExchange } from './wire.js';

const STEPS = [
  'config',
  'proxy',
  'dns',
  'tcp',
  'tls',
  'http',
  'transport',
  'auth',
  'handshake',
  'capabilities',
  'lists',
  'request',
] as const;

const AUTH = new Set(['auth_required', 'auth_rejected', 'forbidden']);

/** The ladder of a server that is reached by its URL, and the headers that really went out. */
export function inspectRemote(
  server: RemoteServer,
  options: InspectOptions,
): AsyncGenerator<InspectEvent, void> {
  const { env, lookup, warnings = [], now: clock = Date.now } = options;
  const wire = createWire();
  const state: State = { discovery: undefined, connection: undefined };
  return climb({
    server: server.id,
    names: STEPS,
    signal: options.signal,
    async work(ladder) {
      tellConfig(ladder, server, warnings);
      const url = new URL(server.url);
      const limitMs = Math.min(server.connectTimeoutMs, 10_000);
      await climbNetwork(ladder, { ...server, url, limitMs }, { env, lookup });
      await converse({ server, ladder, wire, env, state });
    },
    async after(ladder) {
      await state.connection?.close();
      const { exchanges } = wire;
      const { discovery } = state;
      ladder.emit(reportHeaders({ server, exchanges, discovery, now: clock() }));
    },
  });
}

interface State {
  connection: Connection | undefined;
  /** Headers of the request for metadata, when one was made. */
  discovery: WireExchange['headers'] | undefined;
}

interface Conversation {
  server: RemoteServer;
  ladder: Ladder;
  wire: Wire;
  env: NodeJS.ProcessEnv;
  state: State;
}

/** The real connection, told while it is made. */
async function converse({ server, ladder, wire, env, state }: Conversation): Promise<void> {
  const oddities: string[] = [];
  let since = now();
  wire.listen((exchange) => follow({ server, ladder, wire }, exchange));
  ladder.start('http');
  const { startServer } = await import('../../mcp/start.js');
  const startedAt = now();
  const finish = startServer(server, {
    env,
    onWarning: (message) => oddities.push(message),
    onExchange: wire.onExchange,
  });
  const onHandshake = (handshake: Handshake) => {
    settle({ server, ladder, wire });
    since = now();
    tellHandshake(ladder, handshake, { ms: since - startedAt, details: stepsOf(wire) });
  };
  try {
    const connection = await finish({ signal: ladder.signal, onHandshake });
    state.connection = connection;
    await climbOffers(ladder, { server, connection, oddities, since });
  } catch (error) {
    if (!(error instanceof OstlerError)) throw error;
    if (AUTH.has(error.code)) await refused({ server, ladder, wire, state }, error);
    const { current } = ladder;
    if (current === undefined || ladder.signal.aborted) throw error;
    // A server that broke off may have wanted TLS; one that says nothing hangs.
    const hangs = now() - startedAt >= server.connectTimeoutMs;
    const hint = hangs ? undefined : await wrongScheme(server, ladder, error);
    ladder.fail(current, error, {
      details: waitingFor(wire),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** What to type when plain HTTP was tried on a port with TLS. */
async function wrongScheme(
  server: RemoteServer,
  { current, signal }: Ladder,
  { code }: OstlerError,
): Promise<string | undefined> {
  const url = new URL(server.url);
  if (current !== 'http' || url.protocol !== 'http:' || code !== 'server_unreachable')
    return undefined;
  return (await speaksTls(url, signal))
    ? `This port speaks TLS: use https://${url.host}${url.pathname}`
    : undefined;
}

type Following = Pick<Conversation, 'server' | 'ladder' | 'wire'>;

/** What one more request, or its answer, decides. */
function follow({ server, ladder, wire }: Following, exchange: WireExchange): void {
  const { status } = exchange;
  const isRedirect = status >= 300 && status < 400;
  if (status > 0 && !isRedirect && !ladder.isTold('http')) {
    tellHttp(ladder, exchange, wire);
    ladder.start('transport');
  }
  // A POST over SSE has an endpoint to go to; one over HTTP has to be taken first.
  const stands =
    exchange.method === 'POST' &&
    (exchange.transport === 'sse' ? status === 0 : status >= 200 && status < 300);
  if (stands) settle({ server, ladder, wire });
}

/** The transport is known, and with it that the door is open. */
function settle({ server, ladder, wire }: Following): void {
  if (ladder.isTold('transport')) return;
  tellTransport(ladder, server, wire);
  tellAccepted(ladder, server, wire);
  ladder.start('handshake');
}

async function refused(
  { server, ladder, wire, state }: Pick<Conversation, 'server' | 'ladder' | 'wire' | 'state'>,
  error: OstlerError,
): Promise<void> {
  // Told as open at first, and refused later: then it is the later step that fails.
  if (ladder.isTold('auth') || ladder.signal.aborted) return;
  ladder.skip('transport', 'not known before the door opens');
  ladder.start('auth');
  const challenge = await challengeOf(server, wire, ladder.signal);
  state.discovery = challenge.discovery;
  tellRefused(ladder, { server, error, challenge });
}

/** The negotiation as it went, for a handshake that took more than one request. */
function stepsOf({ exchanges }: Wire): string[] {
  const steps = exchanges.filter(
    ({ rpc, method }) => method === 'GET' || rpc === 'server/discover' || rpc === 'initialize',
  );
  if (steps.length < 2) return [];
  return steps.map(({ method, path, rpc, status }) => {
    const name = `${method} ${path}${rpc === '' ? '' : ` ${rpc}`}`;
    return `${name} → ${status === 0 ? 'no answer yet' : status}`;
  });
}
