import type { Audit } from '../../audit/types.js';
import { harmlessMethod, newMarker, type RawPost, rightRequest } from '../raw-post.js';

/** A request that a right server refuses for its form. */
export interface BadRequest extends RawPost {
  /** Statuses that refuse it as they should. */
  right: readonly number[];
  /** Its id; or text that must not come back as it is, which begins with `<`. */
  marker: string;
  /** A server may also take it: then it must answer as if nothing were. */
  harmless?: boolean;
}

/** Two by default; `thorough` knows more forms, `active` sends much. */
export function badRequests(audit: Audit): readonly BadRequest[] {
  return [
    brokenJson(),
    withRequest(audit, (body) => ({
      what: 'POST of text/plain',
      body,
      change: { 'Content-Type': 'text/plain' },
      right: [400, 415],
    })),
    ...(audit.thorough ? furtherRequests(audit) : []),
    ...(audit.active ? [fiveMegabytes(audit)] : []),
  ];
}

function brokenJson(): BadRequest {
  const marker = `<b>${newMarker()}</b>`;
  const body = `{"jsonrpc":"2.0","id":"1","method":"${marker}`;
  return { what: 'POST of broken JSON', body, right: [400], marker };
}

function furtherRequests(audit: Audit): readonly BadRequest[] {
  const requests = [
    withRequest(audit, (body) => ({
      what: 'POST with "Method" for "method"',
      body: body.replace('"method":', '"Method":'),
      right: [400],
    })),
    withRequest(audit, (body) => ({
      what: 'POST of invalid UTF-8',
      body: Buffer.from(body.replace('"jsonrpc"', '"\u00ff":1,"jsonrpc"'), 'latin1'),
      right: [400],
      harmless: true,
    })),
    withRequest(audit, (body) => ({
      what: 'POST with a key twice',
      body: body.replace('{', '{"method":"none/such",'),
      right: [400],
      harmless: true,
    })),
    withRequest(audit, () => ({
      what: 'POST of 10,000 nested arrays',
      body: `${'['.repeat(10_000)}1${']'.repeat(10_000)}`,
      right: [400, 413],
    })),
  ];
  return audit.era === 'sse' ? requests : [...requests, withoutAccept(audit)];
}

/** `Accept` is the client's duty; without it a server may send what it likes (RFC 9110 §12.5.1). */
function withoutAccept(audit: Audit): BadRequest {
  return withRequest(audit, (body) => ({
    what: 'POST without Accept',
    body,
    change: { Accept: undefined },
    right: [400, 406],
    harmless: true,
  }));
}

/** White space behind a right request. */
function fiveMegabytes(audit: Audit): BadRequest {
  return withRequest(audit, (body) => ({
    what: 'POST of 5 MB',
    body: `${body}${' '.repeat(5_000_000)}`,
    right: [400, 413],
    harmless: true,
    timeoutMs: 20_000,
  }));
}

function withRequest(audit: Audit, make: (body: string) => Omit<BadRequest, 'marker'>): BadRequest {
  const marker = newMarker();
  const request = rightRequest(audit, { method: harmlessMethod(audit), id: marker });
  return { ...make(JSON.stringify(request)), marker };
}
