import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './http.js';

export interface PeerFixture {
  /** `http://127.0.0.1:<port>` */
  url: string;
  close: () => Promise<void>;
}

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.resolve(here, '../../node_modules');

/** The command line of server-everything over stdio. */
export const EVERYTHING = path.join(
  modules,
  '@modelcontextprotocol/server-everything/dist/index.js',
);
const LOOPBACK = path.join(here, 'loopback.mjs');

/** @modelcontextprotocol/server-everything, at `/sse` or `/mcp`. */
export function startEverything(
  mode: 'sse' | 'streamableHttp',
  wanted?: number,
): Promise<PeerFixture> {
  return startPeer((port) => ({ args: [EVERYTHING, mode], env: { PORT: String(port) } }), wanted);
}

/** mcp-proxy before server-everything: `/sse` and a dual-era `/mcp`, behind an X-API-Key header. */
export function startMcpProxy(apiKey: string): Promise<PeerFixture> {
  const bin = path.join(modules, 'mcp-proxy/dist/bin/mcp-proxy.mjs');
  return startPeer((port) => ({
    args: [
      bin,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--apiKey',
      apiKey,
      '--',
      process.execPath,
      EVERYTHING,
      'stdio',
    ],
    env: {},
  }));
}

/** fastmcp: `/sse` and `/mcp`, behind an Authorization header. */
export function startFastMcp(token: string, wanted?: number): Promise<PeerFixture> {
  return startPeer(
    (port) => ({ args: [path.join(here, 'fastmcp.mjs'), String(port)], env: { TOKEN: token } }),
    wanted,
  );
}

/** The servers with every feature of an era (test/servers/features): its file, to be given a transport. */
export function featureServer(era: 'legacy' | 'modern'): string {
  return path.join(here, `features/${era}.mjs`);
}

/** One of them, at `/mcp`, and at `/sse` in the legacy era. */
export function startFeatureServer(era: 'legacy' | 'modern'): Promise<PeerFixture> {
  return startPeer((port) => ({ args: [featureServer(era), 'http', String(port)], env: {} }));
}

interface PeerCommand {
  args: string[];
  env: Record<string, string>;
}

/** Starts a server in a process of its own and waits until its port answers. */
async function startPeer(
  command: (port: number) => PeerCommand,
  wanted?: number,
): Promise<PeerFixture> {
  const port = wanted ?? (await freePort());
  const { args, env } = command(port);
  const child = spawn(process.execPath, ['--import', LOOPBACK, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  try {
    await answers(port, child);
  } catch (error) {
    await stop(child);
    throw new Error(`${args.join(' ')} did not start:\n${Buffer.concat(output).toString()}`, {
      cause: error,
    });
  }
  return { url: `http://127.0.0.1:${port}`, close: () => stop(child) };
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`exited with code ${child.exitCode}`);
    try {
      await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1000) });
      return;
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }
  throw new Error('nothing listens');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  process.kill(-child.pid, 'SIGKILL');
  await gone;
}
