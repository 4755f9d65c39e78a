import { isRecord, type JsonObject } from '../../core/json.js';
import { OstlerError, toErrorInfo } from '../../core/errors.js';
import { deadline } from '../../core/wait.js';
import { originOf } from '../../net/address.js';
import { createFetch } from '../../net/fetch.js';

type HeaderPair = readonly [name: string, value: string];

export interface MetadataTarget {
  /** The `resource_metadata` of a challenge: hostile text. */
  named: string;
  /** The server's. */
  url: URL;
  ca?: string | undefined;
  insecure?: boolean | undefined;
}

/** What is said about a server's OAuth metadata (RFC 9728 §3). */
export interface Metadata {
  details: string[];
  /** What was sent for it. */
  headers?: readonly HeaderPair[];
  data: JsonObject;
}

const MAX_BYTES = 64 * 1024;
const LIMIT_MS = 5000;
const FIELDS = ['resource', 'authorization_servers', 'scopes_supported'] as const;

/**
 * Fetches the metadata a challenge names, with none of the configured headers, and tells what it
 * says. Only from the server's own origin: anybody can name an address within a private network.
 * Never rejects for what a server does.
 */
export async function readMetadata(target: MetadataTarget, signal: AbortSignal): Promise<Metadata> {
  const { named, url, ca, insecure } = target;
  if (!URL.canParse(named)) return only('resource metadata: what it names is no URL');
  const at = new URL(named);
  const shown = `${originOf(at)}${at.pathname}`;
  if (at.origin !== url.origin || at.username !== '') {
    return only(`resource metadata: ${shown} (on another origin: not fetched)`, { url: shown });
  }
  let headers: readonly HeaderPair[] | undefined;
  const limit = deadline(LIMIT_MS, 'The resource metadata', signal);
  const send = createFetch({
    headers: [['accept', 'application/json']],
    ca,
    insecure,
    maxBodyBytes: MAX_BYTES,
    onExchange(event) {
      if (event.type === 'sent') headers = event.headers;
    },
  });
  try {
    const response = await send(at, { signal: limit.signal, redirect: 'error' });
    if (!response.ok) {
      await response.body.cancel();
      const details = [`resource metadata: ${shown} → HTTP ${response.status}`];
      return { details, data: { url: shown, status: response.status }, ...sent(headers) };
    }
    const answer = summarise(await response.json());
    const details = [`resource metadata: ${shown} → ${response.status}`, ...answer.details];
    return { details, data: { url: shown, ...answer.data }, ...sent(headers) };
  } catch (error) {
    if (signal.aborted || !(error instanceof OstlerError)) throw error;
    const why = toErrorInfo(error).message;
    return { ...only(`resource metadata: ${shown}: ${why}`, { url: shown }), ...sent(headers) };
  } finally {
    limit.clear();
  }
}

function sent(headers: readonly HeaderPair[] | undefined): Pick<Metadata, 'headers'> {
  return headers === undefined ? {} : { headers };
}

function only(line: string, data: JsonObject = {}): Metadata {
  return { details: [line], data };
}

function summarise(body: unknown): Pick<Metadata, 'details' | 'data'> {
  if (!isRecord(body)) return { details: ['  it is no JSON object'], data: {} };
  const details: string[] = [];
  const data: JsonObject = {};
  for (const field of FIELDS) {
    const values = [body[field]].flat().filter((value) => typeof value === 'string');
    if (values.length === 0) continue;
    const shown = values.slice(0, 20).map((value) => value.slice(0, 300));
    details.push(`  ${field.replaceAll('_', ' ')}: ${shown.join(', ')}`);
    data[field] = shown;
  }
  return { details: details.length > 0 ? details : ['  it says nothing that is known'], data };
}
