import type { RemoteServer } from '../config/types.js';
import type { AskLogin } from '../core/asks.js';
import { toJsonLine } from '../core/output-json.js';
import type { LoggedIn } from '../mcp/auth/login.js';
import type { LoginState } from '../mcp/auth/types.js';
import type { LoginPort } from '../mcp/ports.js';
import type { Flags } from './commands/command.js';
import type { Io } from './io.js';
import { runCommand, type Run } from './look/run.js';
import { findLoginServer } from './login-server.js';
import { loginLines, toLoginJson } from './login-lines.js';
import { commandTimeoutMs } from './server-target.js';
import { personAtTerminal } from './terminal-person.js';

export interface LoginInput {
  target: string;
  flags: Flags;
  io: Io;
}

/**
 * `ostler mcp login`: the address is shown and, on a yes, opened; without a terminal it is only shown,
 * and the redirect is awaited or read from stdin. Exit codes: 0, 2 for a server that takes no login,
 * 3 for one that was refused or given up, 4, 124, 130.
 */
export function runLogin({ target, flags, io }: LoginInput): Promise<number> {
  return runCommand({ flags, io }, async (run) => {
    const { env } = io;
    const { signal, stdout } = run;
    const server = await findLoginServer(target, run);
    const { login, loginState } = await import('../mcp/auth/login.js');
    const answer = await login(server, {
      env,
      signal,
      force: flags['force'] === true,
      login: await createPort(run),
    });
    const state = await loginState(server, env);
    await stdout.write(run.json ? jsonOf(server, answer, state) : textOf(server, answer, state));
    return 0;
  });
}

async function createPort(run: Run): Promise<LoginPort> {
  const { io, flags, notes } = run;
  const { createLoginPort } = await import('../mcp/auth/login-port.js');
  const ms = commandTimeoutMs(flags, io.env);
  return createLoginPort({
    ask: await createAsk(run),
    env: io.env,
    onNotice: (text, hint) => notes.warn(hint === undefined ? text : `${text} ${hint}`),
    // Who sets a limit for the command sets it for the login.
    ...(ms === undefined ? {} : { timeoutMs: Infinity }),
  });
}

/** A person at a terminal chooses; else, and with `--no-browser`, the address is shown and one may be pasted. */
async function createAsk({ io, flags }: Run): Promise<AskLogin> {
  const withBrowser = flags['browser'] !== false;
  if (personAtTerminal(io) === undefined) {
    const { createPlainLogin } = await import('./asks/plain-login.js');
    return createPlainLogin(io);
  }
  const { createTerminalAsks } = await import('./asks/terminal-asks.js');
  return createTerminalAsks(io, { loginElsewhere: !withBrowser }).login;
}

function textOf(server: RemoteServer, answer: LoggedIn, state: LoginState | undefined): string {
  return `${loginLines(server.id, answer, state).join('\n')}\n`;
}

function jsonOf(server: RemoteServer, answer: LoggedIn, state: LoginState | undefined): string {
  return `${toJsonLine(toLoginJson(server.id, answer, state))}\n`;
}
