import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface AuditedServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  close: () => Promise<void>;
}

/** Tokens as the servers of this folder know them. */
export interface Tokens {
  good: string;
  second: string;
  expired: string;
}

/** Starts one of the servers of this folder in a process of its own. */
export async function startAudited(
  file: 'sdk.mjs' | 'naive.mjs',
  tokens: Tokens,
  env: Readonly<Record<string, string>>,
): Promise<AuditedServer> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file)], {
    env: {
      PATH: process.env['PATH'],
      TOKEN: tokens.good,
      SECOND_TOKEN: tokens.second,
      EXPIRED_TOKEN: tokens.expired,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = once(child, 'exit');
  const port = await Promise.race([
    once(child.stdout, 'data').then(([chunk]) => Number(String(chunk))),
    gone.then(() => NaN),
  ]);
  if (!Number.isInteger(port)) throw new Error(`${file} did not start`);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
