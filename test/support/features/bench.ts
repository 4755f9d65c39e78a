import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerDefinition } from '../../../src/config/types.js';
import { startServer } from '../../../src/mcp/start.js';
import type { Connection, ServerNotice, ServerTool, ToolResult } from '../../../src/mcp/types.js';
import { local, remote } from '../../servers/definitions.js';
import {
  EVERYTHING,
  featureServer,
  startEverything,
  startFeatureServer,
  type PeerFixture,
} from '../../servers/peers.js';
import type { Column } from '../features.js';
import { createPerson, type Person } from './person.js';

/** `everything` is server-everything, which knows the legacy era only; `own` has what it has not. */
export type PeerName = 'everything' | 'own';

export interface BenchOptions {
  peer?: PeerName;
  env?: Record<string, string>;
  /** Instead of a peer. */
  server?: ServerDefinition;
  content?: Record<string, string>;
}

/** A connection made as the program makes it, and the person it asks. */
export interface Bench {
  column: Column;
  connection: Connection;
  person: Person;
  /** An existing folder, as the person's only root. */
  root: string;
  notices: ServerNotice[];
  warnings: string[];
  call: (tool: string, args?: Parameters<Connection['call']>[1]) => Promise<ToolResult>;
  text: (tool: string, args?: Parameters<Connection['call']>[1]) => Promise<string>;
  close: () => Promise<void>;
}

export interface Peers {
  define: (options: BenchOptions) => ServerDefinition;
  close: () => Promise<void>;
}

/** A signal that never fires. */
export const quiet = new AbortController().signal;

/** The servers of a column; over stdio every connection starts its own. */
export async function startPeers({ era, transport }: Column): Promise<Peers> {
  const started: Partial<Record<PeerName, PeerFixture>> = {};
  if (transport !== 'stdio') {
    started.own = await startFeatureServer(era);
    if (era === 'legacy') {
      started.everything = await startEverything(transport === 'sse' ? 'sse' : 'streamableHttp');
    }
  }
  const protocol = era === 'legacy' ? 'legacy' : 'auto';
  return {
    define({ peer = era === 'legacy' ? 'everything' : 'own', env = {} }) {
      if (transport === 'stdio') {
        const args = peer === 'own' ? [featureServer(era), 'stdio'] : [EVERYTHING, 'stdio'];
        return local(process.execPath, args, { env, protocol });
      }
      const url = `${started[peer]?.url ?? ''}${transport === 'sse' ? '/sse' : '/mcp'}`;
      return remote(url, { protocol });
    },
    async close() {
      await Promise.all(Object.values(started).map((peer) => peer.close()));
    },
  };
}

export async function openBench(
  column: Column,
  peers: Peers,
  options: BenchOptions = {},
): Promise<Bench> {
  const home = await mkdtemp(path.join(tmpdir(), 'ostler-features-'));
  const root = pathToFileURL(home).href;
  const env = { ...process.env, OSTLER_HOME: home, OSTLER_NO_KEYCHAIN: '1' };
  const { content = {}, server = peers.define(options) } = options;
  const person = createPerson({ roots: [{ uri: root, name: 'work' }], content, env });
  const warnings: string[] = [];
  const notices: ServerNotice[] = [];
  const start = startServer(server, {
    env,
    ports: person.ports,
    onWarning: (message) => warnings.push(message),
  });
  const connection = await start({ signal: quiet });
  connection.onNotice((notice) => notices.push(notice));
  const call: Bench['call'] = async (tool, args = {}) => {
    await offered(connection, tool);
    return connection.call(tool, args, { signal: quiet });
  };
  return {
    column,
    connection,
    person,
    root,
    notices,
    warnings,
    call,
    text: async (tool, args) => textOf(await call(tool, args)),
    async close() {
      await connection.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A tool by its name, also one that the server offers only after it heard who connects. */
export async function offered(connection: Connection, name: string): Promise<ServerTool> {
  return until(`the tool ${name}`, () => connection.tools.find((tool) => tool.name === name));
}

/** Polls until there is something; the limit is generous because machines are slow. */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>) {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`waited in vain for ${what}`);
}

function textOf(result: ToolResult): string {
  return result.content.map((piece) => ('text' in piece ? piece.text : piece.type)).join('\n');
}
