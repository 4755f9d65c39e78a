import { randomBytes } from 'node:crypto';
import type { RemoteServer } from '../../config/types.js';
import { isLoopback } from '../../net/address.js';
import { readCredentials, withoutSecretQuery, type Credentials } from './credentials.js';
import { createBudget, type Budget } from './budget.js';
import { createEvidenceMaker, type EvidenceMaker } from './evidence.js';
import { createLimiter, type Limiter } from './limiter.js';
import { DEFAULT_MAX_REQUESTS, DEFAULT_RATE, type AuditOptions } from './options.js';
import { createSecretRuns, type SecretRuns } from './secret-runs.js';
import type { Answer, Credential } from './types.js';

/** A session that a server made for us and that has to be ended. */
export interface OpenedSession {
  id: string;
  path: string;
  as: Credential;
}

/** What all requests of one audit share. */
export interface Engine {
  readonly server: RemoteServer;
  /** Without userinfo, and without credentials in its query. */
  readonly url: URL;
  readonly credentials: Credentials;
  readonly budget: Budget;
  readonly limiter: Limiter;
  readonly evidence: EvidenceMaker;
  readonly runs: SecretRuns;
  readonly watchMs: number;
  /** The audit is over. */
  readonly signal: AbortSignal;
  /** So is the tidying up. Requests that may open a session live until then, so that it can be closed. */
  readonly end: AbortSignal;
  /** All answers, oldest first. */
  readonly answers: Answer[];
  /** Sessions by id that nobody has ended yet. */
  readonly opened: Map<string, OpenedSession>;
  /** Closes streams that are still open. */
  readonly streams: Set<() => void>;
  /** Requests that may open a session and have no answer yet. */
  readonly opening: Set<Promise<unknown>>;
  /** `ostler-3fa9c1-0017`: no id is the beginning of another. */
  nextId: () => string;
}

const CONCURRENT = 8;
const WATCH_MS = 2000;
/** Nothing is on its way for long on this machine. */
const LOCAL_WATCH_MS = 1000;

export function createEngine(options: AuditOptions, signal: AbortSignal, end: AbortSignal): Engine {
  const { server } = options;
  const { maxRequests = DEFAULT_MAX_REQUESTS, rate = DEFAULT_RATE } = options;
  const credentials = readCredentials(server);
  const runs = createSecretRuns();
  const { form } = credentials;
  if (form !== undefined) runs.add(form.token);
  if (form?.scheme?.toLowerCase() === 'basic') {
    runs.add(Buffer.from(form.token, 'base64').toString('utf8'));
  }
  const url = withoutSecretQuery(new URL(server.url));
  url.username = '';
  url.password = '';
  url.hash = '';
  const salt = randomBytes(3).toString('hex');
  let count = 0;
  return {
    server,
    url,
    credentials,
    budget: createBudget(maxRequests),
    limiter: createLimiter({ rate, concurrent: CONCURRENT }),
    evidence: createEvidenceMaker(runs),
    runs,
    watchMs: options.watchMs ?? (isLoopback(url.hostname) ? LOCAL_WATCH_MS : WATCH_MS),
    signal,
    end,
    answers: [],
    opened: new Map(),
    streams: new Set(),
    opening: new Set(),
    nextId() {
      count += 1;
      return `ostler-${salt}-${String(count).padStart(4, '0')}`;
    },
  };
}
