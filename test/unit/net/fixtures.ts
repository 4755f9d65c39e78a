import net, { type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach } from 'vitest';
import { OstlerError, toErrorInfo } from '../../../src/core/errors.js';
import { startHttp, startSilent, type HttpFixture } from '../../servers/http.js';

const stops: (() => unknown)[] = [];

/** Runs after the test, however it ends; a promise is waited for. */
export function onStop(stop: () => unknown): void {
  stops.push(stop);
}

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Starts a server on a free port of 127.0.0.1 and ends it with the test. */
export async function listen(server: Server, stop: () => void = () => {}): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onStop(() => {
    stop();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

export async function listening(...args: Parameters<typeof startHttp>): Promise<HttpFixture> {
  const fixture = await startHttp(...args);
  onStop(fixture.close);
  return fixture;
}

/** A port that accepts connections and never says a word. */
export async function silent(): Promise<string> {
  const { url, close } = await startSilent();
  onStop(close);
  return url;
}

/** A TCP server; its sockets end with the test. */
export async function tcp(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** The error of ours that a promise rejects with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<OstlerError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OstlerError)) throw error;
  return error;
}

/** Everything of an error that could ever be printed, `--debug` included. */
export function printed(error: unknown): string {
  return `${inspect(error, { depth: 10 })}\n${JSON.stringify(toErrorInfo(error))}`;
}

/** Resolves when the condition holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
