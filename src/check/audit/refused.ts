import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { httpError, unexpectedContent } from '../../mcp/http-errors.js';
import { headerOf, textOf } from './answers.js';
import type { Engine } from './engine.js';
import type { Answer } from './types.js';

/** Why an answer is not the one that was needed, as an error that says what to type next. */
export function refusalOf({ server }: Engine, answer: Answer): OstlerError {
  if (answer.status === 0 || (answer.problem !== undefined && answer.status < 300)) {
    const why = answer.problem ?? 'there was no answer';
    return new OstlerError(answer.code ?? 'server_failed', `${server.id}: ${why}`, {
      server: server.id,
    });
  }
  const excerpt = textOf(answer).slice(0, 2048);
  if (answer.status >= 300 && answer.status < 400) {
    return new OstlerError(
      'cross_origin_redirect',
      `${server.id} answers with a redirect (HTTP ${answer.status}); not followed.`,
      { server: server.id, status: answer.status, hint: 'Audit the URL it points to.' },
    );
  }
  if (answer.status >= 300) {
    const headers = { get: (name: string) => headerOf(answer, name) ?? null };
    const { status, statusText } = answer;
    const error = httpError(server, { status, statusText, headers, excerpt });
    return error.code === 'auth_required' ? withTokenHint(error) : error;
  }
  const failed = answer.messages.find((message) => isRecord(message['error']));
  if (failed !== undefined) return rpcError(server.id, failed);
  return unexpectedContent(server, headerOf(answer, 'content-type') ?? null, excerpt);
}

/** The audit sends what it is given and nothing else: a login would be no way in. */
function withTokenHint({ code, message, server, status }: OstlerError): OstlerError {
  return new OstlerError(code, message, {
    ...(server === undefined ? {} : { server }),
    ...(status === undefined ? {} : { status }),
    hint: 'Give the right token with --token-env NAME or -H; an audit uses no login.',
  });
}

export function rpcError(id: string, message: JsonObject): OstlerError {
  const error = isRecord(message['error']) ? message['error'] : {};
  const text = toTerminalLine(asText(error['message'])).slice(0, 200);
  return new OstlerError(
    'protocol_error',
    `${id} answers with the error ${asText(error['code'])}: ${text}`,
    {
      server: id,
    },
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
