import type { RemoteServer } from '../../config/types.js';
import type { CheckEra, CheckInfo, Evidence, Outcome, Severity } from '../../core/check-events.js';
import type { JsonObject, JsonValue } from '../../core/json.js';
import type { RawAnswer } from '../../net/raw.js';

export type HeaderPair = readonly [name: string, value: string];

/** Who a request comes from: the headers that say so, on every channel. */
export interface Credential {
  /** `good`, `second`, `expired`, `wrong-audience`, `none`, or what was done to the good one: `last character changed`. */
  label: string;
  headers: readonly HeaderPair[];
  /** `api_key=…`: what the target's URL carries as a credential; added to the path of every request of the good one. */
  query?: string;
}

/** How the good credential is carried, so that wrong ones can be made of it. */
export interface CredentialForm {
  /** The header that carries the token: `Authorization`, `X-API-Key`. */
  header: string;
  /** `Bearer` where the value is `Scheme token`, undefined for a bare value. */
  scheme: string | undefined;
  token: string;
  /**
   * Other configured headers, kept by `good`, `wrong` and `withToken`. `none` keeps only those of
   * them whose names do not look secret.
   */
  others: readonly HeaderPair[];
}

/**
 * One raw request. Exactly these headers are sent, beside `Host`, `User-Agent`, `Accept-Encoding:
 * identity` and `Content-Length`, which a header of the same name here replaces. No `Accept`.
 */
export interface Probe {
  /** For the evidence: `POST without credentials into the session of another`. */
  what: string;
  /** Sent as written. Default: `POST` with a body, else `GET`. */
  method?: string;
  /** Path and query on the target's origin, sent byte by byte, not normalised. Default: the endpoint's. */
  path?: string;
  /** Default: the good one. */
  as?: Credential;
  /** Beside the credential's; the same name may stand twice. `Host` replaces the right one. */
  headers?: readonly HeaderPair[];
  /** An object or array is written as JSON, with its content type; a string as it stands, without one. */
  body?: JsonValue | Uint8Array;
  /** Milliseconds for the whole answer; default 5,000. An event stream is read until the `id` of the body is answered, or up to this. */
  timeoutMs?: number;
  /** Body bytes kept; default 64 KiB. The rest is not read. */
  maxBytes?: number;
  /** Ends the reading of the body early, e.g. at the first event of a stream. Asked with all of it so far. */
  until?: (text: string) => boolean;
  /** A 429 is an answer like any other: not waited out, not sent again. */
  expects429?: boolean;
}

export interface Answer extends RawAnswer {
  /** For the verdict; secrets replaced. */
  evidence: Evidence;
  /** JSON-RPC messages in the body, JSON or event stream. */
  messages: readonly JsonObject[];
}

/** A stream that is watched: the victim's. Opened with explicit headers, read to the end of the audit. */
export interface Watch {
  /** All events so far. */
  readonly events: readonly { event: string; data: string; id?: string; at: number }[];
  /** Undefined while it is open. */
  readonly ended: string | undefined;
  /**
   * Waits `watchMs` (2 s, on loopback 1 s) and tells which events came that hold `marker` anywhere in their data, at once when
   * there is one; undefined when the stream broke off meanwhile, so that nothing can be said. Put several of
   * them side by side: the waits overlap then.
   */
  seen: (marker: string) => Promise<readonly string[] | undefined>;
}

/** A session of its own, opened with a credential: made by raw requests, counted like all of them. */
export interface ProbeSession {
  era: CheckEra;
  as: Credential;
  /** SSE: the session's message endpoint, path and query. Others: the endpoint. */
  messagePath: string;
  /** `Mcp-Session-Id`, or the id in the SSE endpoint's query. Undefined for `stateless`. */
  id: string | undefined;
  /** SSE: its event stream. Sessions era: its GET stream, where the server has one. */
  stream: Watch | undefined;
  /** Headers each request of the session carries beside the credential: session id, protocol version. */
  headers: readonly HeaderPair[];
  /** Ends it: DELETE or closed stream. Done at the end of the audit for all that are open, on Ctrl+C too. */
  close: () => Promise<void>;
}

/** What the positive control saw. */
export interface Control {
  /** The victim: opened with the good credential, open to the end. */
  victim: ProbeSession;
  serverName?: string;
  serverVersion?: string;
  protocolVersion: string;
  capabilities: JsonObject;
  /** As listed: hostile text. */
  tools: readonly JsonObject[];
  /**
   * Answers of the control's own requests, first one first. `sse`: GET (its body up to the `endpoint` event),
   * initialize, initialized, tools/list. `sessions`: initialize, initialized, tools/list, GET. `stateless`:
   * server/discover, tools/list. Requests that found out the era may stand before them.
   */
  answers: readonly Answer[];
}

/** A verdict. `evidence` are the answers that carry it. */
export interface Finding {
  outcome: Outcome;
  /** In the place of the catalogue's, where this failure weighs more. */
  severity?: Severity;
  reason: string;
  evidence?: readonly Answer[];
  /** What arrived on the victim's stream, put into the evidence. */
  seen?: readonly string[];
}

/** What a check works with. Nothing else reaches the network from a check. */
export interface Audit {
  readonly url: URL;
  /** As configured: certificate authorities, `insecure`. Its headers belong into no probe but by a `Credential`. */
  readonly server: RemoteServer;
  /** The era the server is audited in. A server of two eras is audited in both, one after the other. */
  readonly era: CheckEra;
  /**
   * For a check `withoutControl` whose control failed: the answers so far, no tools, and a victim
   * whose stream has ended.
   */
  readonly control: Control;
  readonly form: CredentialForm | undefined;
  readonly good: Credential;
  readonly none: Credential;
  /** A random token of the good one's form and length. A new one each time. */
  readonly wrong: (label?: string) => Credential;
  /** The good credential with another token (or another whole value of its header). */
  readonly withToken: (token: string, label: string) => Credential;
  readonly second: Credential | undefined;
  readonly expired: Credential | undefined;
  readonly wrongAudience: Credential | undefined;
  /** A token whose scope is too small. */
  readonly limited: Credential | undefined;
  /** All variants instead of the telling ones. */
  readonly thorough: boolean;
  readonly active: boolean;
  /** A tool that may be called, with its arguments (`--tool`); harmless, the person says. */
  readonly tool: { name: string; arguments: JsonObject } | undefined;
  readonly signal: AbortSignal;
  /**
   * Sends one raw request, when its turn has come; counted. Never rejects for what a server does: no answer is
   * status 0 with a `problem`. Rejects when the audit is over (signal, budget).
   */
  send: (probe: Probe) => Promise<Answer>;
  /** A JSON-RPC request to a session, as `as` (default: its owner). Id and marker are unique: `ostler-17`. */
  ask: (session: ProbeSession, method: string, options?: AskOptions) => Promise<Asked>;
  /**
   * Opens a further session; closed by the audit at its end when the check does not. Requests it
   * costs: `sse` 3 (GET, initialize, initialized), `sessions` 2, one more with `stream`; with
   * `handshake: 'none'` 1 each; `stateless` 0.
   */
  open: (as: Credential, options?: OpenOptions) => Promise<ProbeSession | { refused: Answer }>;
  /** The same work for several checks is done once: the first caller's promise is shared. */
  once: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /** Every answer of this audit so far, the control's and all checks', oldest first. */
  readonly seen: () => readonly Answer[];
}

export interface OpenOptions {
  /**
   * How far the handshake goes: `none` stops where a session exists (SSE: after the `endpoint` event; sessions:
   * after `initialize`, whose answer tells the id), without `notifications/initialized`. Default `done`.
   */
  handshake?: 'none' | 'done';
  /** `sessions`: opens its GET stream too, where the server has one. Default false. */
  stream?: boolean;
}

export interface AskOptions {
  what?: string;
  as?: Credential;
  params?: JsonObject;
  /** Replace those of the same name that would be sent otherwise (`Accept`, the session's). */
  headers?: readonly HeaderPair[];
  /** Another path than the session's. */
  path?: string;
  timeoutMs?: number;
  maxBytes?: number;
}

export interface Asked {
  answer: Answer;
  /** The unique text to look for on a stream. */
  marker: string;
  /** The response to this request, wherever it came: in the body, or (SSE) on the session's own stream. Waits for it at most `timeoutMs`. */
  response: () => Promise<JsonObject | undefined>;
}

export interface Check extends CheckInfo {
  /** Most requests it sends without `--thorough`; the plan reserves them. `thorough` beyond: with it. */
  requests: number;
  thoroughRequests?: number;
  /** Works without a successful control: it sends no good credential. */
  withoutControl?: boolean;
  /**
   * `first`: runs before any other session is opened; its sending is over when it first waits in `seen`. `last`: may disturb the others (limits, closed streams).
   * Default: side by side with the others.
   */
  stage?: 'first' | 'last';
  run: (audit: Audit) => Promise<Finding>;
}
