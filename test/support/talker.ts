import type { ServerResponse } from 'node:http';
import { startRawSse } from '../servers/raw-mcp.js';
import { runOstler, type RunOptions, type RunResult } from './ostler.js';

/** What `listen` has in its variable CANARY, and no output may show. */
export const LISTEN_TOKEN = 'canary-7f3a9c21-token';

/** `ostler listen`, as a stranger would run it. */
export function listen(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const env = { CANARY: LISTEN_TOKEN, ...options.env };
  return runOstler(['listen', ...args], { ...options, env });
}

export const SSE = { 'content-type': 'text/event-stream' };

/** A JSON-RPC message as a frame of an event stream. */
export function frame(message: object): string {
  return `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
}

/** A log message as a frame. */
export function logFrame(data: string): string {
  return frame({ method: 'notifications/message', params: { level: 'info', data } });
}

/** A legacy SSE server that says what it is given, once the handshake is through. */
export function startTalker(say: (response: ServerResponse) => void) {
  let stream: ServerResponse | undefined;
  return startRawSse(
    (response) => {
      stream = response;
      response.write('event: endpoint\ndata: /messages?sessionId=1\n\n');
    },
    ({ method }, response) => {
      if (method !== 'notifications/initialized') return undefined;
      response.writeHead(202).end();
      setTimeout(() => stream && say(stream), 50);
      return true;
    },
  );
}
