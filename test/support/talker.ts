import type { ServerResponse } from 'node:http';
import { startRawSse } from '../servers/raw-mcp.js';

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
