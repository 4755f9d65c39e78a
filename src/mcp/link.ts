import type { ClientOptions, StandardSchemaV1 } from '@modelcontextprotocol/client';
import type { ServerDefinition } from '../config/types.js';
import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { VERSION } from '../core/version.js';
import { withSignal } from '../core/wait.js';
import type { Era } from './attempts.js';
import type { Dialed } from './dial.js';
import { createHttpTransport } from './http-transport.js';
import { Client } from './sdk.js';
import { DefaultJsonSchemaValidator } from './sdk-shims.js';
import type { ToolPage } from './tool-list.js';
import type { OwnTransport } from './transport.js';

/** The SDK's client on a transport that stands. */
export interface Link {
  server: ServerDefinition;
  client: Client;
  transport: OwnTransport;
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<ToolPage>;
}

/** A server that hangs on the question for the new revision gets the old handshake after this. */
const PROBE_MS = 5000;
const MODERN = '2026-07-28';

/** Takes any result: the parts that matter are looked at where they are used. */
export const ANY_RESULT: StandardSchemaV1<unknown, unknown> = {
  '~standard': { version: 1, vendor: 'ostler', validate: (value) => ({ value }) },
};

/** Opens the client; on failure the transport is closed and its own reason, if it has one, is thrown. */
export async function openLink(dialed: Dialed, era: Era, signal: AbortSignal): Promise<Link> {
  const { server } = dialed;
  const transport = dialed.transport ?? httpTransport(dialed);
  const tap = tapPages(transport);
  const client = new Client(
    { name: 'ostler', version: VERSION },
    {
      // Only what works: no sampling, elicitation or roots.
      capabilities: {},
      versionNegotiation: negotiation(era, server.connectTimeoutMs),
      jsonSchemaValidator: new DefaultJsonSchemaValidator(),
    },
  );
  try {
    const timeout = Math.min(MAX_TIMER_MS, server.connectTimeoutMs + 1000);
    await withSignal(client.connect(transport, { timeout }), signal);
  } catch (error) {
    const reason = transport.failure();
    await transport.close();
    if (signal.aborted) throw abortError(signal);
    throw reason ?? error;
  }
  return {
    server,
    client,
    transport,
    async fetchPage(cursor, pageSignal) {
      const timeout = Math.min(MAX_TIMER_MS, server.connectTimeoutMs + 1000);
      const params = cursor === undefined ? {} : { cursor };
      const request = client.request({ method: 'tools/list', params }, ANY_RESULT, { timeout });
      return tap(withSignal(request, pageSignal));
    },
  };
}

function httpTransport({ server, fetch }: Dialed): OwnTransport {
  if (server.transport !== 'http' || fetch === undefined) throw new Error('nothing was dialled');
  return createHttpTransport(server, fetch);
}

function negotiation(
  era: Era,
  connectMs: number,
): NonNullable<ClientOptions['versionNegotiation']> {
  switch (era) {
    case 'legacy':
      return { mode: 'legacy' };
    case 'modern':
      return {
        mode: { pin: MODERN },
        probe: { timeoutMs: Math.min(MAX_TIMER_MS, connectMs + 1000) },
      };
    case 'probe':
      return { mode: 'auto', probe: { timeoutMs: Math.min(PROBE_MS, Math.ceil(connectMs / 3)) } };
  }
}

/**
 * Takes the tools out of a `tools/list` answer before the SDK sees it: it would refuse the whole
 * page for one malformed tool, and take 60 ms to look at 500 good ones.
 */
function tapPages(transport: OwnTransport): (answer: Promise<unknown>) => Promise<ToolPage> {
  let page: ToolPage | undefined;
  let waiting = false;
  const before = transport.onmessage;
  transport.onmessage = (message, extra) => {
    before?.(message, extra);
    if (!waiting || !('result' in message) || !isRecord(message.result)) return;
    const { tools, nextCursor } = message.result;
    if (!Array.isArray(tools)) return;
    page = { tools, nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined };
    message.result['tools'] = [];
    delete message.result['nextCursor'];
  };
  return async (answer) => {
    waiting = true;
    try {
      await answer;
      return page ?? { tools: [], nextCursor: undefined };
    } finally {
      waiting = false;
      page = undefined;
    }
  };
}
