import type { CallToolRequestParams, RequestOptions, Tool } from '@modelcontextprotocol/client';
import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import { isRecord, type JsonObject } from '../core/json.js';
import { deadline } from '../core/wait.js';
import { findOwn, refusalStatus, toServerError } from './failures.js';
import { withServer } from './http-errors.js';
import { LOST } from './http-transport.js';
import { ANY_RESULT, type Link } from './link.js';
import { toToolResult } from './result.js';
import { ProtocolError, SdkError, SdkErrorCode } from './sdk.js';
import { shown } from './shown.js';
import type { CallOptions, Connection, ServerTool } from './types.js';

/** Progress renews a call's time, up to this many times its length in all. */
const MAX_RENEWALS = 10;

/** Errors of a request that never reached the server. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** `Connection.call` on an open link. */
export function createCaller(link: Link, tools: readonly ServerTool[]): Connection['call'] {
  const { server, client } = link;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const modern = client.getProtocolEra() === 'modern';

  return async (name, args, options) => {
    if (options.signal.aborted) throw abortError(options.signal);
    const params = { name, arguments: args };
    const timeout = Math.min(MAX_TIMER_MS, server.callTimeoutMs);
    const longest = Math.min(MAX_TIMER_MS, timeout * MAX_RENEWALS);
    const limit = deadline(longest, `${server.id}: ${shown(name)}`, options.signal);
    const request = requestOptions(timeout, { ...options, signal: limit.signal });
    try {
      const result = modern
        ? await callModern(link, params, byName.get(name), request)
        : await client.request({ method: 'tools/call', params }, ANY_RESULT, request);
      return toToolResult(result);
    } catch (error) {
      if (limit.signal.aborted) throw withServer(abortError(limit.signal), server.id);
      if (error instanceof ProtocolError && !isLost(error)) {
        return { isError: true, content: [{ type: 'text', text: refusal(error) }] };
      }
      throw callError(error, link, name);
    } finally {
      limit.clear();
    }
  };
}

/** In the 2026-07-28 revision the tool's own schema tells which arguments are repeated as headers. */
function callModern(
  { client }: Link,
  params: CallToolRequestParams & { arguments: JsonObject },
  tool: ServerTool | undefined,
  options: RequestOptions,
): Promise<unknown> {
  if (tool === undefined) return client.callTool(params, options);
  // Without the output schema: results are validated elsewhere.
  const { outputSchema: _, ...definition } = tool;
  return client.callTool(params, { ...options, toolDefinition: definition as Tool });
}

function requestOptions(timeout: number, { signal, onProgress }: CallOptions): RequestOptions {
  return {
    signal,
    timeout,
    resetTimeoutOnProgress: true,
    onprogress: ({ progress, total, message }) =>
      onProgress?.({
        progress,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      }),
  };
}

/** What the model reads when the server refuses the call; it can correct itself. */
function refusal(error: ProtocolError): string {
  return `The server refused the call (error ${error.code}): ${error.message.slice(0, 4096)}`;
}

function isLost(error: ProtocolError): boolean {
  return isRecord(error.data) && LOST in error.data;
}

function callError(error: unknown, { server, transport }: Link, tool: string): OstlerError {
  const details = { server: server.id, cause: error };
  const name = shown(tool);
  const lost = (why: string) =>
    new OstlerError(
      'server_failed',
      `${server.id}: connection lost while calling ${name} (${why}); the tool may or may not have run.`,
      details,
    );
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
    const seconds = Math.round(server.callTimeoutMs / 100) / 10;
    return new OstlerError('timeout', `${server.id}: ${name} took longer than ${seconds} s.`, {
      ...details,
      hint: 'Give it more time with --timeout, or timeout: in the configuration.',
    });
  }
  if (error instanceof ProtocolError) return lost(shown(error.message));
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) {
    return lost(transport.failure()?.message ?? 'it was closed');
  }
  if (refusalStatus(error) === 404) {
    return new OstlerError('server_failed', `${server.id} has ended the session (HTTP 404).`, {
      ...details,
      status: 404,
      hint: 'Start again; a new session will be opened.',
    });
  }
  const own = findOwn(error);
  if (own?.code === 'server_unreachable' && !NEVER_SENT.has(errno(own))) return lost(own.message);
  return toServerError(error, server);
}

function errno(error: OstlerError): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
