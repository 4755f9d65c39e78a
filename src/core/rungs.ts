import type { ErrorInfo } from './errors.js';
import type { JsonValue } from './json.js';

/** Steps of the ladder from a name to a working server, as `inspect` and `doctor` tell them. */
export type RungName =
  | 'config'
  | 'dns'
  | 'proxy'
  | 'tcp'
  | 'tls'
  | 'process'
  | 'http'
  | 'transport'
  | 'auth'
  | 'handshake'
  | 'capabilities'
  | 'lists'
  | 'request'
  | 'ollama'
  | 'version'
  | 'model'
  | 'tools'
  | 'context'
  | 'memory'
  /** Of this machine: `doctor` only. */
  | 'node'
  | 'files'
  | 'trust'
  | 'directories'
  | 'terminal';

/** One step as it was found. `skipped`: it has no meaning here, or an earlier one failed. */
export interface Rung {
  type: 'rung';
  /** Configured name, host, or `ollama`. */
  server: string;
  name: RungName;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, one line, no secret: `127.0.0.1, ::1`. */
  text: string;
  /** Further lines. */
  details: readonly string[];
  /** Milliseconds it took; undefined where nothing was waited for. */
  ms?: number;
  /** What to type next; set on every failure. */
  hint?: string;
  /** The same for machines. */
  data?: { [key: string]: JsonValue };
}

/** One header as one channel sends it; the value masked. */
export interface EffectiveHeader {
  name: string;
  value: string;
  /** `--header`, `ostler.yaml:4:10 headers.X-Api-Key`, `transport`, `node`. */
  from: string;
  warning?: string;
  /** E.g. `not on the first request`. */
  note?: string;
}

/** What is really sent on each channel of a remote server. */
export interface HeadersReport {
  type: 'headers';
  server: string;
  channels: readonly {
    /** `SSE GET`, `SSE POST`, `HTTP POST`, `HTTP GET`, `HTTP DELETE`, `OAuth discovery`. */
    channel: string;
    headers: readonly EffectiveHeader[];
    /** Where there is more to say than the headers do. */
    note?: string;
  }[];
  warnings: readonly string[];
}

/** `inspect` and `doctor` as a stream; additive only. */
export type InspectEvent =
  /** The next step is under way; its `rung` follows, unless it has to be skipped. */
  | { type: 'rung_start'; server: string; name: RungName }
  | Rung
  | HeadersReport
  | { type: 'inspect_end'; server: string; ok: boolean; ms: number; error: ErrorInfo | null };
