import { OstlerError } from '../core/errors.js';
import { toJsonLine } from '../core/output-json.js';
import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { LoggedOut } from '../mcp/auth/login.js';
import type { LoginInput } from './login.js';
import { runCommand } from './look/run.js';
import { findLogoutServer } from './logout-server.js';

/** `ostler mcp logout`: what is kept for a server is revoked where that is offered, and removed. */
export function runLogout({ target, flags, io }: LoginInput): Promise<number> {
  return runCommand({ flags, io }, async ({ signal, stdout, json, notes }) => {
    const { env, cwd } = io;
    const { server, warnings } = await findLogoutServer(target, flags, { env, cwd, signal });
    for (const warning of warnings) notes.warn(warning);
    if (server.transport === 'stdio') {
      throw new OstlerError(
        'usage',
        `${server.id} is started here as a command: it has no login.`,
        {
          server: server.id,
        },
      );
    }
    const { logout } = await import('../mcp/auth/login.js');
    const answer = await logout(server, env, signal);
    await stdout.write(
      json
        ? `${toJsonLine({ server: server.id, ...answer })}\n`
        : `${toTerminalLine(redact(textOf(server.id, answer)))}\n`,
    );
    if (answer.issuers.length > 0 && !answer.revoked) {
      notes.warn('Its tokens could not be revoked there; they end by themselves.');
    }
    return 0;
  });
}

function textOf(server: string, { issuers, revoked, unreadable }: LoggedOut): string {
  const lost =
    unreadable === undefined ? [] : ['removed a login that could not be read, it was not revoked'];
  const known =
    issuers.length === 0
      ? []
      : [`logged out of ${issuers.join(', ')}${revoked ? ', tokens revoked' : ''}`];
  const done = [...known, ...lost];
  return done.length === 0 ? `${server}: there was no login.` : `✓ ${server}: ${done.join('; ')}`;
}
