import { requiresAuthorization } from '../check/audit/authorization.js';
import type { RemoteServer, ServerDefinition } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import type { TargetWords } from './server-target.js';

/** The server on the command line. Throws `usage` when there is none. */
export function wantedTarget(target: TargetWords | undefined): TargetWords {
  if (target !== undefined && target.length > 0) return target;
  throw new OstlerError('usage', 'Which server? Name a configured one, or give a URL.', {
    hint: 'E.g. ostler check http://127.0.0.1:8808/sse --token-env TOKEN',
  });
}

/** What is on stdio has no door to try. */
export function toRemote(server: ServerDefinition): RemoteServer {
  if (server.transport !== 'stdio') return server;
  throw new OstlerError(
    'usage',
    `check is for servers over HTTP; ${server.id} is a program that is started here.`,
    { hint: 'To look at it: ostler inspect -- <command>' },
  );
}

/**
 * Throws `usage`, before anything is sent, when the server is on another machine and nobody said
 * that it may be tested.
 */
export function checkAuthorized(
  { url }: Pick<RemoteServer, 'url'>,
  { authorized }: { authorized: boolean },
): void {
  const { host } = new URL(url);
  if (authorized || !requiresAuthorization(new URL(url))) return;
  throw new OstlerError(
    'usage',
    `${host} is not this machine. The audit sends it wrong tokens and forbidden requests, as an attacker would; test only what is yours, or what you have leave to test.`,
    { hint: 'If you may: add --i-am-authorized' },
  );
}
