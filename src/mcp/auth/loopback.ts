import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeferred } from '../../core/deferred.js';
import { OstlerError } from '../../core/errors.js';
import { registerSecret } from '../../core/redact.js';
import { delay, withSignal } from '../../core/wait.js';
import { page } from './loopback-page.js';
import { toRedirectAddress, type RedirectAddress } from './redirect-address.js';

/** The way back from the browser (RFC 8252 §7.3): a listener on loopback that one request ends. */
export interface Loopback {
  readonly redirectUri: string;
  /** Resolves to the query of the first GET that carries this state; everything else is turned away. */
  redirect: (state: string) => Promise<URLSearchParams>;
  /** Gives the port back; the page that was sent last is still delivered. Never throws. */
  close: () => Promise<void>;
}

/** Tries for a registered port that another login may be about to leave. */
const TRIES = 6;
const BETWEEN_TRIES_MS = 400;
/** How long the last page may take to reach the browser. */
const GRACE_MS = 1000;

/**
 * Listens for the redirect: on the port and path of `registered`, else on a free port and `/callback`.
 * Throws `config_invalid` for an address that is not this machine's, `auth_required` for a taken port.
 */
export async function openLoopback(
  { server: id, redirectUri: registered }: { server: string; redirectUri?: string },
  signal: AbortSignal,
): Promise<Loopback> {
  const address = toRedirectAddress(registered, id);
  const back = createBack(address.path);
  const server = createServer({ maxHeaderSize: 32 * 1024, requestTimeout: 10_000 }, back.answer);
  server.maxConnections = 64;
  await listen(server, { address, id, signal });
  const { port } = server.address() as AddressInfo;
  const host = `${address.host}:${port}`;
  back.expectHost(host);
  return {
    redirectUri: `http://${host}${address.path}`,
    redirect: (state) => back.redirect(state),
    close: () => close(server, back.delivered()),
  };
}

/** What the listener answers, and whom. */
function createBack(path: string) {
  const found = createDeferred<URLSearchParams>();
  let expected: { host: string; state?: string } = { host: '' };
  let over = false;
  let delivered: Promise<unknown> = Promise.resolve();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    request.on('error', () => {});
    response.on('error', () => {});
    const query = over ? undefined : queryOf(request, path);
    if (query === undefined || expected.state === undefined) return page(response, 404);
    if (request.headers.host !== expected.host) return page(response, 400);
    if (!carries(query, expected.state)) return page(response, 400);
    over = true;
    const code = query.get('code');
    if (code !== null) registerSecret(code);
    delivered = new Promise((resolve) => {
      response.once('close', resolve);
    });
    page(response, 200, code === null ? 'refused' : 'done');
    found.resolve(query);
  };
  return {
    answer,
    delivered: () => delivered,
    expectHost: (host: string) => void (expected = { host }),
    redirect(state: string) {
      expected = { ...expected, state };
      return found.promise;
    },
  };
}

function queryOf({ method, url = '' }: IncomingMessage, path: string): URLSearchParams | undefined {
  const mark = url.indexOf('?');
  if (method !== 'GET' || mark < 0 || url.slice(0, mark) !== path) return undefined;
  return new URLSearchParams(url.slice(mark + 1));
}

/** Whether a redirect belongs to the login of this state: `state` once and equal, and one of `code` and `error`. */
export function carries(query: URLSearchParams, state: string): boolean {
  const only = (name: string) => query.getAll(name).length === 1;
  const answers = ['code', 'error'].filter((name) => query.has(name));
  if (!only('state') || answers.length !== 1 || !answers.every(only)) return false;
  const [given, wanted] = [Buffer.from(query.get('state') ?? ''), Buffer.from(state)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function listen(
  server: Server,
  { address, id, signal }: { address: RedirectAddress; id: string; signal: AbortSignal },
): Promise<void> {
  const { listenOn, port } = address;
  for (let left = TRIES; ; left -= 1) {
    const failure = await withSignal(listenOnce(server, listenOn, port), signal).catch(
      async (error: unknown) => {
        await close(server, Promise.resolve());
        throw error;
      },
    );
    if (failure === undefined) return;
    if (failure.code !== 'EADDRINUSE' || port === 0 || left <= 1) {
      throw cannotListen(failure, { address, id });
    }
    await delay(BETWEEN_TRIES_MS, signal);
  }
}

function listenOnce(
  server: Server,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      resolve(error);
    };
    const onListening = () => {
      server.off('error', onError);
      server.on('error', () => {});
      resolve(undefined);
    };
    server.once('error', onError).once('listening', onListening);
    server.listen({ host, port, exclusive: true });
  });
}

function cannotListen(
  error: NodeJS.ErrnoException,
  { address, id }: { address: RedirectAddress; id: string },
): OstlerError {
  const { listenOn, port } = address;
  const taken = error.code === 'EADDRINUSE';
  const why = taken ? 'another program has it' : (error.code ?? error.message);
  return new OstlerError(
    'auth_required',
    port === 0
      ? `The browser's way back to ${id} cannot be opened on ${listenOn}: ${why}.`
      : `The browser's way back to ${id}, port ${port} of ${listenOn}, cannot be opened: ${why}.`,
    {
      server: id,
      cause: error,
      ...(taken
        ? { hint: `End what listens on port ${port}, or register another redirectUri.` }
        : {}),
    },
  );
}

async function close(server: Server, delivered: Promise<unknown>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([delivered, grace]);
  clearTimeout(timer);
  server.closeAllConnections();
  await closed;
}
