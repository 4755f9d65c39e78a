import type { ErrorInfo } from '../../core/errors.js';
import type { ServerStatus } from '../../core/events.js';
import type { Role } from '../theme.js';
import { safeLine } from './safe.js';
import { formatDuration } from './transcript/amounts.js';
import { quoteWord } from './words.js';

export interface StatusWords {
  /** What is true of the server, in a few words. */
  words: string;
  role: Role;
  glyph: string;
}

/** A server's state as a person would say it; an old success is not shown for a new failure. */
export function statusWords(server: ServerStatus): StatusWords {
  switch (server.status) {
    case 'connected':
      return server.credentials === 'none' && server.transport !== 'stdio'
        ? { words: 'connected without credentials', role: 'success', glyph: '✓' }
        : { words: 'connected', role: 'success', glyph: '✓' };
    case 'connecting':
      return { words: 'connecting', role: 'dim', glyph: '…' };
    case 'reconnecting':
      return { words: 'reconnecting', role: 'warning', glyph: '…' };
    case 'disabled':
      return { words: 'disabled', role: 'dim', glyph: '‒' };
    case 'closed':
      return { words: 'disconnected', role: 'dim', glyph: '‒' };
    case 'failed':
      return wantsLogin(server)
        ? { words: 'wants a login (401)', role: 'warning', glyph: '⚠' }
        : { words: failureWords(server.error), role: 'error', glyph: '✗' };
  }
}

/** A person could let the program in: there are no headers that were turned away. */
export function wantsLogin({ status, error, credentials, transport }: ServerStatus): boolean {
  const wants = status === 'failed' && error?.code === 'auth_required';
  return wants && credentials !== 'headers' && transport !== 'stdio';
}

/** What to type to log in; safe. */
export function loginCommand({ name }: ServerStatus): string {
  return `/servers login ${safeLine(quoteWord(name), 80)}`;
}

function failureWords(error: ErrorInfo | undefined): string {
  switch (error?.code) {
    case 'auth_required':
      return 'wants credentials (401)';
    case 'auth_rejected':
      return /\bexpired\b/i.test(error.message) ? 'token expired (401)' : 'token rejected (401)';
    case 'forbidden':
      return 'forbidden (403)';
    case 'wrong_transport':
      return 'wrong transport';
    case 'server_unreachable':
      return 'cannot be reached';
    case 'tls_error':
      return 'certificate not accepted';
    case 'protocol_error':
      return 'does not speak MCP';
    case 'timeout':
      return 'no answer in time';
    case 'cross_origin_redirect':
      return 'points to another origin';
    default:
      return 'failed';
  }
}

const TRANSPORTS = { stdio: 'stdio', sse: 'SSE', http: 'HTTP' } as const;

/** `HTTP`, or nothing while it is not known. */
export function transportWords({ transport }: ServerStatus): string {
  return transport === undefined ? '' : TRANSPORTS[transport];
}

/** `2025-06-18`, or the era where no version is known. */
export function eraWords({ era, protocol_version: version }: ServerStatus): string {
  if (era === undefined) return version ?? '';
  return version === undefined ? era : `${era} ${version}`;
}

/** The last round trip: `34ms`. */
export function latencyWords({ status, latency_ms: ms, connect_ms: first }: ServerStatus): string {
  const value = ms ?? first;
  return status !== 'connected' || value === undefined ? '' : formatDuration(value);
}
