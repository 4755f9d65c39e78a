import type { OstlerError } from '../../core/errors.js';

/**
 * Logins that failed or were given up in this process. Nobody is asked a second time by a reconnect;
 * `mcp login` and whatever else a person starts begins anew.
 */
const refused = new Map<string, OstlerError>();

export function refusedLogin(server: string): OstlerError | undefined {
  return refused.get(server);
}

export function rememberRefusal(server: string, error: OstlerError): void {
  refused.set(server, error);
}

export function forgetRefusal(server: string): void {
  refused.delete(server);
}
