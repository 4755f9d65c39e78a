import type { Lookup } from '../../net/probe-dns.js';

export interface InspectOptions {
  signal: AbortSignal;
  /** Proxies are read from it, and child processes inherit six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** Worth telling about the configuration of this server; shown with its first step. */
  warnings?: readonly string[];
  /** Milliseconds since 1970; for certificates and tokens that end. */
  now?: () => number;
  /** In the place of the system's resolver. */
  lookup?: Lookup;
}
