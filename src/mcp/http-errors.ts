import type { RemoteServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { originOf } from '../net/address.js';
import type { NetHeaders } from '../net/headers.js';
import { shown } from './shown.js';

/** What the errors below need of a response. */
export interface HttpAnswer {
  status: number;
  statusText: string;
  headers: Pick<NetHeaders, 'get'>;
  /** The beginning of the body. */
  excerpt: string;
}

const CREDENTIAL = /auth|token|key|secret|cookie|session|pass|jwt|credential/i;

/** The same failure, with the server's id on it. */
export function withServer(error: OstlerError, server: string): OstlerError {
  if (error.server !== undefined) return error;
  return new OstlerError(error.code, error.message, {
    hint: error.hint,
    server,
    status: error.status,
    cause: error.cause ?? error,
  });
}

/** A refusal by status as an error that says what to type next. */
export function httpError(server: RemoteServer, answer: HttpAnswer): OstlerError {
  const details = { server: server.id, status: answer.status };
  switch (answer.status) {
    case 401:
      return unauthorized(server, answer);
    case 403:
      return new OstlerError(
        'forbidden',
        `${server.id} refuses access (HTTP 403${challenge(answer)}).`,
        {
          ...details,
          hint: 'The credentials are known but not sufficient: use others, or ask for the missing scope.',
        },
      );
    case 404:
    case 405:
      return new OstlerError(
        'wrong_transport',
        `${server.id}: ${pathOf(server)} does not serve ${transportTitle(server.transport)} (HTTP ${answer.status}).`,
        { ...details, hint: otherTransportHint(server.transport) },
      );
    default:
      return new OstlerError(
        'server_failed',
        `${server.id} answered HTTP ${answer.status}${reason(answer)}${quoted(answer)}.`,
        {
          ...details,
          ...(answer.status === 400 ? { hint: otherTransportHint(server.transport) } : {}),
        },
      );
  }
}

/** A 2xx answer of a type that cannot be MCP, e.g. a login page. */
export function unexpectedContent(
  server: RemoteServer,
  type: string | null,
  excerpt: string,
): OstlerError {
  const expected =
    server.transport === 'sse' ? 'text/event-stream' : 'application/json or text/event-stream';
  return new OstlerError(
    'protocol_error',
    `${server.id}: expected ${expected} from ${pathOf(server)}, got ${shown(type ?? 'no content type')}${excerpt === '' ? '' : `: ${shown(excerpt)}`}`,
    {
      server: server.id,
      hint: 'Is this the path of the MCP endpoint (often /mcp or /sse), and no login page before it?',
    },
  );
}

/** Origin and path, without userinfo and query: both may hold a secret. */
export function pathOf(server: RemoteServer): string {
  const url = new URL(server.url);
  return `${originOf(url)}${url.pathname}`;
}

export function transportTitle(transport: 'sse' | 'http'): string {
  return transport === 'sse' ? 'SSE' : 'Streamable HTTP';
}

function otherTransportHint(transport: 'sse' | 'http'): string {
  return transport === 'sse'
    ? 'Try the other transport: -t http (often at /mcp).'
    : 'Try the other transport: -t sse (often at /sse).';
}

function unauthorized(server: RemoteServer, answer: HttpAnswer): OstlerError {
  const details = { server: server.id, status: 401 };
  if (hasCredentials(server)) {
    return new OstlerError(
      'auth_rejected',
      `token rejected by ${server.id} (HTTP 401${challenge(answer)}).`,
      {
        ...details,
        hint: 'Check that the header holds the right, unexpired credentials for this server.',
      },
    );
  }
  return new OstlerError(
    'auth_required',
    `${server.id} wants credentials (HTTP 401${challenge(answer)}).`,
    { ...details, hint: credentialsHint(server, answer) },
  );
}

/** A login where the server offers one, both where it does not say. */
function credentialsHint(server: RemoteServer, { headers }: HttpAnswer): string {
  if (server.oauth === 'none') return GIVE_CREDENTIALS;
  const offers = /\bresource_metadata=/i.test(headers.get('www-authenticate') ?? '');
  const login = loginCommand(server);
  return offers
    ? `Log in with: ${login}`
    : `${GIVE_CREDENTIALS.slice(0, -1)}; if it offers a login: ${login}`;
}

/** What to type so that a person may log in. A name of `--config` or `--mcp-config` means nothing without the flag. */
export function loginCommand({ id, url, origin, oauth }: RemoteServer): string {
  const isUnknown = origin.layer === 'flag' || (origin.layer === 'file' && oauth === undefined);
  return `ostler mcp login ${isUnknown ? url : id}`;
}

/** For a server that offers no login, or must not be given one. */
export const GIVE_CREDENTIALS =
  'Give them with -H "Authorization: Bearer …", or under headers: in the configuration.';

/** True when something that looks like a credential goes out: a header, userinfo or a query parameter. */
export function hasCredentials(server: RemoteServer): boolean {
  const url = new URL(server.url);
  return (
    server.headers.some(([name]) => CREDENTIAL.test(name)) ||
    url.username !== '' ||
    [...url.searchParams.keys()].some((name) => CREDENTIAL.test(name))
  );
}

/** What WWW-Authenticate says besides the scheme (RFC 6750 section 3): error, description, scope. */
function challenge({ headers }: HttpAnswer): string {
  const header = (headers.get('www-authenticate') ?? '').slice(0, 2048);
  const parts = ['error', 'error_description', 'scope'].flatMap((name) => {
    const value = parameter(header, name);
    return value === undefined ? [] : [name === 'scope' ? `scope ${value}` : value];
  });
  return parts.length === 0 ? '' : `: ${shown(parts.join(', '))}`;
}

function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|[\\s,])${name}=(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(header);
  return match?.[1] ?? match?.[2];
}

function reason({ statusText }: HttpAnswer): string {
  return statusText === '' ? '' : ` ${shown(statusText)}`;
}

function quoted({ excerpt }: HttpAnswer): string {
  return excerpt.trim() === '' ? '' : `: ${shown(excerpt)}`;
}
