import type { AskLogin, LoginAnswer } from '../../core/asks.js';
import { OstlerError, toErrorInfo } from '../../core/errors.js';
import { linkAbort, type LinkedAbort } from '../../core/linked-abort.js';
import { registerSecret } from '../../core/redact.js';
import { deadline, withSignal } from '../../core/wait.js';
import type { LoginBegin, LoginPort, PendingLogin } from '../ports.js';
import type { Loopback } from './loopback.js';

export interface LoginPortOptions {
  /** Asked while the redirect is awaited already. Asked again when a browser cannot be opened, or what was pasted is of no use. */
  ask: AskLogin;
  env: NodeJS.ProcessEnv;
  /** `openBrowser` unless given. */
  open?: (url: string, options: { env: NodeJS.ProcessEnv; signal: AbortSignal }) => Promise<void>;
  /** What the person should know meanwhile: one line and what to do next. */
  onNotice?: (text: string, hint?: string) => void;
  /** From the question to the redirect. 5 minutes unless given. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 5 * 60_000;
/** Questions of one login; an answer that comes without a person must not go round for ever. */
const MAX_ASKED = 10;

/** A person's part of a login: a listener on loopback, a question, a browser or a pasted address. */
export function createLoginPort(options: LoginPortOptions): LoginPort {
  return {
    async begin(begin, signal) {
      const { openLoopback } = await import('./loopback.js');
      const loopback = await openLoopback(begin, signal);
      return pending({ begin, loopback, signal, ...options });
    },
  };
}

type Pending = LoginPortOptions & { begin: LoginBegin; loopback: Loopback; signal: AbortSignal };

let logins = 0;

function pending(login: Pending): PendingLogin {
  const { loopback, signal, timeoutMs = TIMEOUT_MS } = login;
  // Without it the listener would outlive a flow that fails before it asks anybody.
  const onAbort = () => void loopback.close();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    redirectUri: loopback.redirectUri,
    async authorize(url, state) {
      const limit = deadline(timeoutMs, 'The login', signal);
      const asking = linkAbort(limit.signal);
      try {
        const redirect = loopback.redirect(state);
        const pasted = askUntil({ ...login, asking }, url, state);
        return await withSignal(Promise.race([redirect, pasted]), limit.signal);
      } finally {
        // The redirect may come while the question still stands.
        asking.abort(new OstlerError('interrupted', 'The login is over.'));
        asking.release();
        limit.clear();
      }
    },
    async close() {
      signal.removeEventListener('abort', onAbort);
      await loopback.close();
    },
  };
}

/** Resolves to a pasted redirect, rejects when the person gives up, and else never settles. */
async function askUntil(
  login: Pending & { asking: LinkedAbort },
  url: URL,
  state: string,
): Promise<URLSearchParams> {
  const { ask, begin, loopback, asking, onNotice = () => {} } = login;
  logins += 1;
  const request = {
    id: `login-${logins}`,
    server: begin.server,
    url: url.href,
    host: url.host,
    redirectUri: loopback.redirectUri,
  };
  for (let asked = 0; asked < MAX_ASKED; asked += 1) {
    const answer = await ask(request, asking.signal);
    if (answer.kind === 'cancel') throw givenUp(begin.server);
    if (answer.kind === 'open' && (await opened(login, url.href))) return never();
    if (answer.kind !== 'manual') continue;
    if (answer.redirected === undefined) return never();
    const query = await readPasted(answer, state);
    if (query !== undefined) return query;
    onNotice(
      'That is not the address this login ends at.',
      `It begins with ${loopback.redirectUri}? and holds code and state.`,
    );
  }
  throw givenUp(begin.server);
}

async function opened(
  { open, env, asking, onNotice = () => {} }: Pending & { asking: LinkedAbort },
  url: string,
): Promise<boolean> {
  try {
    const start = open ?? (await import('./browser.js')).openBrowser;
    await start(url, { env, signal: asking.signal });
    return true;
  } catch (error) {
    if (asking.signal.aborted || !(error instanceof OstlerError)) throw error;
    const { message, hint } = toErrorInfo(error);
    onNotice(message, hint);
    return false;
  }
}

const MAX_PASTED = 16 * 1024;

/** The whole address, or its query alone. */
async function readPasted(
  { redirected = '' }: Extract<LoginAnswer, { kind: 'manual' }>,
  state: string,
): Promise<URLSearchParams | undefined> {
  const { carries } = await import('./loopback.js');
  const text = redirected.trim().replace(/^["'<]|["'>]$/g, '');
  if (text.length > MAX_PASTED) return undefined;
  const [, query = ''] = /^(?:[^?#\s]*\?)?([^#\s]*)/.exec(text) ?? [];
  const parameters = new URLSearchParams(query);
  if (!carries(parameters, state)) return undefined;
  const code = parameters.get('code');
  if (code !== null) registerSecret(code);
  return parameters;
}

function givenUp(server: string): OstlerError {
  return new OstlerError('auth_required', `The login to ${server} was given up.`, {
    server,
    hint: `Log in with: ostler mcp login ${server}`,
  });
}

function never(): Promise<never> {
  return new Promise(() => {});
}
