import type { RequestOptions, Tool } from '@modelcontextprotocol/client';
import { MAX_TIMER_MS } from '../core/clock.js';
import type { JsonObject } from '../core/json.js';
import { Refusal } from './incoming/refusal.js';
import type { Round } from './incoming/input-required.js';
import type { Link } from './link.js';
import { logLevelMeta } from './log-level.js';
import { keepRaw } from './raw-of.js';
import { ANY_RESULT } from './raw-results.js';
import { isLost, requestError } from './request-error.js';
import { toToolResult } from './result.js';
import { runRequest, type Run } from './running.js';
import { ProtocolError } from './sdk.js';
import { SessionGone } from './session-gone.js';
import { shown } from './shown.js';
import type { CallOptions, Connection, ServerTool } from './types.js';

/** Progress renews a call's time, up to this many times its length in all. */
const RENEWALS = 10;
/** URLElicitationRequired (2025-11-25/client/elicitation#url-elicitation-required-error). */
const PAGES_REQUIRED = -32_042;

interface Wanted extends CallOptions {
  name: string;
  args: JsonObject;
  tool: ServerTool | undefined;
}

/** `Connection.call` on an open link. */
export function createCaller(
  link: Link,
  toolNamed: (name: string) => ServerTool | undefined,
  onTrouble: () => void,
): Connection['call'] {
  return async (name, args, options) => {
    const wanted: Wanted = { ...options, name, args, tool: toolNamed(name) };
    try {
      const result = await (isTask(link, wanted.tool)
        ? (await import('./tasks/call-as-task.js')).callAsTask(link, { ...wanted, onTrouble })
        : callPlainly(link, wanted));
      return keepRaw(toToolResult(result), result);
    } catch (error) {
      const failure = requestError(error, link, { what: shown(name), acts: true });
      const text = failure instanceof SessionGone ? undefined : refusal(error);
      if (text === undefined) throw failure;
      return { isError: true, content: [{ type: 'text', text }] };
    }
  };
}

/**
 * Only a tool that wants it is called as a task: a plain call of an `optional` one has progress and
 * cancellation as well, takes one request instead of many, and is what every server does well.
 */
function isTask({ client }: Link, tool: ServerTool | undefined): boolean {
  if (tool?.taskSupport !== 'required' || client.getProtocolEra() === 'modern') return false;
  return client.getServerCapabilities()?.tasks?.requests?.tools?.call !== undefined;
}

function callPlainly(link: Link, wanted: Wanted): Promise<unknown> {
  const { incoming } = link;
  return runRequest(link, {
    what: shown(wanted.name),
    signal: wanted.signal,
    renewals: RENEWALS,
    async send(round, run) {
      const retry = () => sendCall(link, wanted, round, run);
      try {
        return await retry();
      } catch (error) {
        if (!isPagesRequired(error) || incoming.capabilities.elicitation === undefined) throw error;
        const { offerPages } = await import('./incoming/required-pages.js');
        const { call, clock } = run;
        const isRequired = isPagesRequired;
        return offerPages(error, { incoming, call, signal: clock.signal, retry, isRequired });
      }
    },
  });
}

function sendCall(link: Link, wanted: Wanted, round: Round, run: Run): Promise<unknown> {
  const { client } = link;
  const { name, args, tool } = wanted;
  const params = { name, arguments: args, ...round, ...logLevelMeta(link) };
  const options = requestOptions(wanted, run);
  if (client.getProtocolEra() !== 'modern') {
    return client.request({ method: 'tools/call', params }, ANY_RESULT, options);
  }
  // The tool's own schema tells which arguments are repeated as headers (`Mcp-Param-*`).
  if (tool === undefined) return client.callTool(params, options);
  // Without the output schema: who uses a result validates it, within bounds and without its regular expressions.
  const { outputSchema: _, taskSupport: __, ...definition } = tool;
  return client.callTool(params, { ...options, toolDefinition: definition as Tool });
}

function requestOptions({ onProgress }: CallOptions, { clock }: Run): AskingOptions {
  return {
    signal: clock.signal,
    // The clock is ours: it stands still while somebody answers what the server asks.
    timeout: MAX_TIMER_MS,
    allowInputRequired: true,
    onprogress({ progress, total, message }) {
      clock.renew();
      onProgress?.({
        progress,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      });
    },
  };
}

type AskingOptions = RequestOptions & { allowInputRequired: true };

function isPagesRequired(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && error.code === PAGES_REQUIRED;
}

/** What the model reads when a call is refused, by the server or by us; it can correct itself. */
function refusal(error: unknown): string | undefined {
  if (error instanceof ProtocolError && !isLost(error)) {
    return `The server refused the call (error ${error.code}): ${error.message.slice(0, 4096)}`;
  }
  const cause = error instanceof Error && error.cause instanceof Refusal ? error.cause : error;
  if (!(cause instanceof Refusal)) return undefined;
  return `The call was given up, because what the server asked for was refused: ${cause.message}`;
}
