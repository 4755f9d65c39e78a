import type { CallToolRequestParams, RequestOptions, Tool } from '@modelcontextprotocol/client';
import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import { deadline } from '../core/wait.js';
import { withServer } from './http-errors.js';
import type { Link } from './link.js';
import { keepRaw } from './raw-of.js';
import { ANY_RESULT } from './raw-results.js';
import { isLost, requestError } from './request-error.js';
import { toToolResult } from './result.js';
import { ProtocolError } from './sdk.js';
import { shown } from './shown.js';
import type { CallOptions, Connection, ServerTool } from './types.js';

/** Progress renews a call's time, up to this many times its length in all. */
const MAX_RENEWALS = 10;

/** `Connection.call` on an open link. */
export function createCaller(
  link: Link,
  toolNamed: (name: string) => ServerTool | undefined,
): Connection['call'] {
  const { server, client } = link;
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
        ? await callModern(link, params, toolNamed(name), request)
        : await client.request({ method: 'tools/call', params }, ANY_RESULT, request);
      return keepRaw(toToolResult(result), result);
    } catch (error) {
      if (limit.signal.aborted) throw withServer(abortError(limit.signal), server.id);
      if (error instanceof ProtocolError && !isLost(error)) {
        return { isError: true, content: [{ type: 'text', text: refusal(error) }] };
      }
      throw requestError(error, link, { what: shown(name), acts: true });
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
