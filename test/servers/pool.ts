import path from 'node:path';
import { expect } from 'vitest';
import type { StdioServer } from '../../src/config/types.js';
import type { ServerStatus } from '../../src/core/events.js';
import type { PoolEvent, PoolOptions, ServerPool } from '../../src/mcp/pool-types.js';
import { createServerPool } from '../../src/mcp/pool.js';
import type { Connection } from '../../src/mcp/types.js';
import { quiet, textOf } from './connect.js';
import { local } from './definitions.js';

export interface PoolFixture {
  pool: ServerPool;
  events: PoolEvent[];
  /** Milliseconds of the pauses that were asked for. */
  waits: number[];
  /** The states of a server, in order. */
  states: (id: string) => string[];
  statusOf: (id: string) => ServerStatus | undefined;
  /** Resolves when the server is in this state. */
  until: (id: string, state: ServerStatus['status']) => Promise<ServerStatus>;
  close: () => Promise<void>;
}

/** A pool that remembers what it tells. Pauses are short unless the test makes its own. */
export function startPool(options: Partial<PoolOptions> = {}): PoolFixture {
  const events: PoolEvent[] = [];
  const waits: number[] = [];
  const wait = options.wait ?? ((_, signal) => pause(20, signal));
  const pool = createServerPool({
    env: process.env,
    ...options,
    onEvent: (event) => events.push(event),
    wait(ms, signal) {
      waits.push(ms);
      return wait(ms, signal);
    },
  });
  const statusOf = (id: string) => pool.statuses().find(({ name }) => name === id);
  return {
    pool,
    events,
    waits,
    statusOf,
    states: (id) =>
      events.flatMap((event) =>
        event.type === 'status' && event.status.name === id ? [event.status.status] : [],
      ),
    async until(id, state) {
      await expect.poll(() => statusOf(id)?.status, { timeout: 20_000, interval: 10 }).toBe(state);
      const status = statusOf(id);
      if (status === undefined) throw new Error(`no server ${id}`);
      return status;
    },
    close: pool.close,
  };
}

/** A short pause that ends with its signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

const LIVE = path.join(import.meta.dirname, 'live.mjs');

/** The stdio server that changes while it runs (live.mjs). */
export function live(id: string, ...args: string[]): StdioServer {
  return local(process.execPath, [LIVE, ...args], { id });
}

export function connectionOf({ pool }: PoolFixture, id: string): Connection {
  const connection = pool.connection(id);
  if (connection === undefined) throw new Error(`${id} is not connected`);
  return connection;
}

/** What `say_hello` of a server answers. */
export async function hello(fixture: PoolFixture, id: string): Promise<string> {
  return textOf(await connectionOf(fixture, id).call('say_hello', { name: 'Bob' }, quiet));
}

/** The process of a stdio fixture is gone. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
