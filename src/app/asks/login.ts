import type { AskLogin, LoginAnswer } from '../../core/asks.js';
import { toErrorInfo } from '../../core/errors.js';
import type { AgentEventBody, LoginEvent } from '../../core/events.js';
import { redact } from '../../core/redact.js';
import type { LoginPort, PendingLogin } from '../../mcp/ports.js';
import type { Turns } from './turns.js';

export interface LoginOptions {
  ask: AskLogin;
  turns: Turns;
  env: NodeJS.ProcessEnv;
  emit: (event: AgentEventBody) => void;
}

/** Lets the person log in when it is their turn, and tells how far it is. */
export function createLogin({ ask, turns, env, emit }: LoginOptions): LoginPort {
  return {
    async begin({ server, ...begin }, signal) {
      const { createLoginPort } = await import('../../mcp/auth/login-port.js');
      let said: LoginAnswer['kind'] | undefined;
      let host = '';
      const tell = (status: LoginEvent['status'], error?: unknown) =>
        emit({
          type: 'login',
          server,
          host,
          status,
          ...(error === undefined ? {} : { error: toErrorInfo(error) }),
        });
      const port = createLoginPort({
        env,
        async ask(request, asking) {
          const answer = await turns.take(() => ask(request, asking), asking);
          said = answer.kind;
          if (said !== 'cancel') tell('waiting');
          return answer;
        },
        onNotice(text, hint) {
          const message = redact(hint === undefined ? text : `${text} ${hint}`);
          emit({ type: 'log', level: 'warning', message, server });
        },
      });
      const pending = await port.begin({ server, ...begin }, signal);
      return {
        redirectUri: pending.redirectUri,
        close: pending.close,
        async authorize(url, state) {
          host = url.host;
          tell('asked');
          try {
            const query = await pending.authorize(url, state);
            tell('done');
            return query;
          } catch (error) {
            if (said === 'cancel') tell('cancelled');
            else tell('failed', error);
            throw error;
          }
        },
      } satisfies PendingLogin;
    },
  };
}
