import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import { registerSecret } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { createSink, type Output, type Sink } from '../render/sink.js';
import { startNotice } from '../serve/notice.js';
import { checkTokens } from '../serve/policy.js';
import { DEFAULT_TOKEN_ENV, loadTokens } from '../serve/tokens.js';
import type { SampleKind, SampleServer } from '../serve/types.js';

export interface ServeCommandOptions {
  kind: SampleKind;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** 0 takes a free one. */
  port: number;
  /** Name of the variable that holds the token; default OSTLER_SERVE_TOKEN. */
  tokenEnv?: string | undefined;
  /** File that holds it; wins over the variable. */
  tokenFile?: string | undefined;
  secondTokenEnv?: string | undefined;
  allowedHost?: readonly string[] | undefined;
  allowedOrigin?: readonly string[] | undefined;
  /** Root of the shell's commands; default the current directory. */
  root?: string | undefined;
  /** Limit for one command of the shell, milliseconds; default 30,000. */
  timeoutMs?: number | undefined;
  /** One line of JSON with the URLs on stdout. */
  json?: boolean | undefined;
  stdout: Output;
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  /** Ends the server; that is how it is meant to end, so the exit code is 0. */
  signal: AbortSignal;
}

/** `ostler serve <kind>`: runs until the signal fires. Throws `usage` or `server_failed`. */
export async function runServe(options: ServeCommandOptions): Promise<number> {
  const { kind, host = '127.0.0.1', signal } = options;
  checkPort(options.port);
  checkTimeout(options.timeoutMs ?? 1);
  const { principals, generated } = await loadTokens({ ...options, host });
  for (const { token } of principals) registerSecret(token);
  checkTokens(kind, host, principals);

  const stderr = createSink(options.stderr);
  const { startSampleServer } = await import('../serve/server.js');
  if (signal.aborted) return 0;
  const server = await startSampleServer({
    kind,
    host,
    port: options.port,
    tokens: principals,
    log: (line) => say(stderr, `${line}\n`),
    allowedHosts: options.allowedHost ?? [],
    allowedOrigins: options.allowedOrigin ?? [],
    shell: {
      env: options.env,
      ...(options.root === undefined ? {} : { root: options.root }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    },
  });
  try {
    const notice = startNotice(server, {
      kind,
      host,
      generatedToken: generated ? principals[0]?.token : undefined,
      tokenReference: tokenReference(options),
      root: toTerminalLine(path.resolve(options.root ?? '.')),
    });
    // Straight to the stream: this is the one place where the token is meant to be seen.
    say(stderr, notice);
    if (options.json === true) say(createSink(options.stdout), jsonLine(server));
    await aborted(signal);
  } finally {
    await server.close();
  }
  return 0;
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new OstlerError('usage', `Not a port: ${port}`, {
    hint: 'Name one from 1 to 65535, or 0 for any that is free.',
  });
}

function tokenReference({ tokenFile, tokenEnv = DEFAULT_TOKEN_ENV }: ServeCommandOptions): string {
  return tokenFile === undefined ? `$${tokenEnv}` : `$(cat ${tokenFile})`;
}

/** Longer would overflow the timer, which then fires at once. */
const MAX_TIMEOUT_MS = 2_147_483_647;

function checkTimeout(ms: number): void {
  if (ms > 0 && ms <= MAX_TIMEOUT_MS) return;
  throw new OstlerError('usage', `Not a time limit for commands: ${ms / 1000} s`, {
    hint: 'Name some seconds, e.g. 30.',
  });
}

/** A reader that went away does not stop the server. */
function say(sink: Sink, text: string): void {
  sink.write(text).catch(() => {});
}

function jsonLine({ url, sseUrl, mcpUrl, port }: SampleServer): string {
  return `${JSON.stringify({ url, sseUrl, mcpUrl, port })}\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
