import type { LogLevel } from '../core/log-level.js';
import type { Root } from '../core/asks.js';
import type { JsonObject, JsonSchema } from '../core/json.js';

/** Where a value was written. Line and column count from 1; 0 when there is no text (flags, environment). */
export interface Origin {
  layer: 'flag' | 'environment' | 'local' | 'project' | 'user' | 'file' | 'default';
  /** File path, flag name or variable name. */
  where: string;
  line?: number;
  column?: number;
}

/** Where a header was written, and what its value was made of. Nothing in it is secret. */
export interface HeaderOrigin {
  /** As written. */
  name: string;
  origin: Origin;
  /** Key within the server's entry: `headers.X-Api-Key`. */
  key?: string;
  /** What the value was expanded from, in order: names of variables, `file <path>`, `$(command)`. */
  references: readonly string[];
  /** White space around the value was cut off. */
  trimmed: boolean;
}

export type TransportName = 'stdio' | 'sse' | 'http';
export type ProtocolChoice = 'auto' | 'legacy' | '2026-07-28';

/** Which tools of a server are offered; exact names or globs, deny wins. `undefined` = all. */
export interface ToolFilter {
  allow?: readonly string[];
  deny?: readonly string[];
}

interface ServerBase {
  /** The configured id; the first half of a tool's identity. */
  id: string;
  origin: Origin;
  protocol: ProtocolChoice;
  /** Limit for connecting: dialling, handshake, `tools/list`. Milliseconds. */
  connectTimeoutMs: number;
  /** Limit for one tool call. Milliseconds. */
  callTimeoutMs: number;
  filter: ToolFilter;
  /** A start that needs this server fails without it, whatever `--require-servers` says. */
  required: boolean;
  /** Configured but not to be started. */
  disabled: boolean;
  /** Globs of tools that need no question (`autoApprove`, `alwaysAllow`). */
  autoApprove: readonly string[];
  /** From which level on it is asked to log; `info` unless said. */
  logLevel?: LogLevel;
}

export interface StdioServer extends ServerBase {
  transport: 'stdio';
  command: string;
  args: readonly string[];
  /** Added to the few harmless variables a child inherits. Values are resolved. */
  env: Readonly<Record<string, string>>;
  cwd?: string;
}

/**
 * How the program gets a token of its own for a remote server (basic/authorization). Resolved: no
 * reference is left in it; what is secret is registered.
 */
export interface OAuthSettings {
  /**
   * `authorization_code`: a person logs in. `client_credentials`: with a secret, or with `privateKey`
   * by a signed assertion (RFC 7523). `cross_app`: an identity provider's token for one of this
   * server (SEP-990). `jwt_bearer`: a workload's own token as the grant (RFC 7523, workload identity).
   */
  grant: 'authorization_code' | 'client_credentials' | 'cross_app' | 'jwt_bearer';
  /** The authorization server that the client belongs to; left out, the one the server named first. */
  issuer?: string;
  /** A client that was registered beforehand. */
  clientId?: string;
  clientSecret?: string;
  /** https URL of a client id metadata document (SEP-991). */
  clientMetadataUrl?: string;
  /** Asked for instead of what the server names. */
  scopes?: readonly string[];
  /** As registered; a loopback address. Left out, a free port. */
  redirectUri?: string;
  /** PEM (PKCS#8) of the key that signs assertions. */
  privateKey?: string;
  /** JWS algorithm of `privateKey`; what goes with the key unless given. */
  algorithm?: string;
  /** The identity provider of `cross_app`. */
  idp?: { issuer: string; clientId: string; clientSecret?: string; idToken: string };
  /** The token of `jwt_bearer`, read anew for every request. */
  assertion?: () => Promise<string>;
  /** Tokens are bound to a key of this machine (RFC 9449). */
  dpop: boolean;
}

export interface RemoteServer extends ServerBase {
  transport: 'sse' | 'http';
  /** True when the config did not name the transport: the other one is tried on 400, 404 and 405. */
  fallback: boolean;
  /** Absolute, query included; may hold a secret. */
  url: string;
  /** Resolved name and value pairs, sent to this URL's origin only. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Where the headers above were written; for those who tell it. */
  headerOrigins?: readonly HeaderOrigin[];
  /** PEM text of additional certificate authorities. */
  ca?: string;
  /** Certificates are not checked. */
  insecure: boolean;
  /**
   * Values that come from a secret command are run once more when the server answers 401;
   * resolves to the new headers, or to undefined when there is nothing to run again.
   */
  refreshHeaders?: () => Promise<readonly (readonly [name: string, value: string])[] | undefined>;
  /** Left out, a person may log in when the server asks for it and no header carries a credential. `none` = never. */
  oauth?: OAuthSettings | 'none';
}

/** One MCP server, resolved: no variable, no second spelling of a key is left in it. */
export type ServerDefinition = StdioServer | RemoteServer;

export type ThinkLevel = 'off' | 'on' | 'low' | 'medium' | 'high' | 'max';

export interface ModelSettings {
  /** Ollama's model name, or `script:<file>` for the scripted model. */
  name: string;
  /** Ollama's base URL, resolved by Ollama's own table (`OLLAMA_HOST`). */
  host: string;
  headers: readonly (readonly [name: string, value: string])[];
  ca?: string;
  insecure: boolean;
  /** `undefined` = the model's own default. */
  think?: ThinkLevel;
  /** Context window in tokens, when the user set it. */
  numCtx?: number;
  /** Ollama `keep_alive`: seconds or a Go duration. */
  keepAlive?: string | number;
  /** Further `options` of /api/chat (temperature, seed, top_p …), passed on as they are. */
  options: Readonly<Record<string, unknown>>;
  /** JSON Schema of a structured answer. */
  format?: JsonSchema;
}

export type ApprovalMode = 'ask' | 'auto' | 'never';

export interface ApprovalSettings {
  mode: ApprovalMode;
  /** `server/tool` globs. */
  allow: readonly string[];
  /** `server/tool` globs; deny wins. */
  deny: readonly string[];
}

/** What a server's question gets when no answer is written down; `ask` is a decline where nobody is there. */
export type ElicitationMode = 'ask' | 'decline' | 'cancel' | 'accept-defaults';

export interface ElicitationSettings {
  mode: ElicitationMode;
  /** Of `--answers`, in their order; the first that fits is taken. */
  answers: readonly WrittenAnswer[];
}

/** An answer for a form or a URL, written beforehand. What is left out fits every question. */
export interface WrittenAnswer {
  /** Where it stands: `answers.yaml:3`, for those who tell that it did not fit. */
  where: string;
  /** Id of the server. */
  server?: string;
  /** A part of the message, upper and lower case alike. */
  match?: string;
  /** Names of fields the form must have. */
  fields?: readonly string[];
  action: 'accept' | 'decline' | 'cancel';
  content: JsonObject;
}

export type SamplingMode = 'ask' | 'auto' | 'never';

/** Whether servers get answers of the model. */
export interface SamplingSettings {
  /** `ask` is `never` where nobody is there. */
  mode: SamplingMode;
  /** Tokens one answer may have, whatever a server wants. */
  maxTokens: number;
  /** Requests of one server within 60 seconds. */
  perMinute: number;
  /** Models a server may choose by its hints; all others get the run's own. */
  models: readonly string[];
}

/** A folder of the settings. */
export interface RootFolder extends Root {
  /** Real path. */
  path: string;
}

/** `all`, `any`, or the ids that must connect; `undefined` = none must. */
export type RequireServers = 'all' | 'any' | readonly string[];

/** Everything a run needs to know, read once, frozen. */
export interface Settings {
  model: ModelSettings;
  servers: readonly ServerDefinition[];
  /** System prompt, when the user gave one. */
  system?: string;
  approval: ApprovalSettings;
  elicitation: ElicitationSettings;
  sampling: SamplingSettings;
  /** Servers may know of these without a question; `undefined` = not said, and `[]` = of none. */
  roots?: readonly RootFolder[];
  requireServers?: RequireServers;
  /** Rounds of model and tools for one prompt. */
  maxTurns: number;
  /** Limit for the whole run, milliseconds; `undefined` = none. */
  timeoutMs?: number;
  /** Things worth telling once: skipped entries, deprecated spellings. No secret in them. */
  warnings: readonly string[];
}

export const DEFAULTS = {
  model: 'llama3.1',
  ollamaHost: 'http://127.0.0.1:11434',
  connectTimeoutMs: 30_000,
  callTimeoutMs: 300_000,
  maxTurns: 20,
  elicitation: { mode: 'ask', answers: [] },
  sampling: { mode: 'ask', maxTokens: 4096, perMinute: 10, models: [] },
} as const;
