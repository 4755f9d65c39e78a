import { toRoot } from '../../config/roots.js';
import type { RootFolder } from '../../config/types.js';
import type { AskRoots } from '../../core/asks.js';
import type { ChatRoots } from '../../core/chat-roots.js';
import { OstlerError } from '../../core/errors.js';
import type { RootsPort } from '../../mcp/ports.js';
import type { Turns } from './turns.js';

export interface RootsOptions {
  /** Of the settings: known to every server without a question. */
  given?: readonly RootFolder[] | undefined;
  env: NodeJS.ProcessEnv;
  /** Told of when the settings say nothing, after a yes; relative paths start here too. */
  cwd: string;
  ask?: AskRoots | undefined;
  turns: Turns;
}

export interface Roots extends ChatRoots {
  port: RootsPort;
}

/**
 * The folders of a run. Those of the settings are the person's word already; otherwise each server
 * that asks is told of them after a yes, which holds for the session, as a no does until a folder is added.
 */
export function createRoots({ given, env, cwd, ask, turns }: RootsOptions): Roots {
  let folders = given;
  const listeners = new Set<() => void>();
  const answers = new Map<string, boolean>();
  const asking = new Map<string, Promise<boolean>>();
  let questions = 0;

  const place = { dir: cwd, env };
  const known = () => (folders ??= [toFolder(cwd)]);

  function toFolder(directory: string): RootFolder {
    try {
      return toRoot(directory, place);
    } catch (error) {
      throw new OstlerError('usage', `${(error as Error).message}.`, { cause: error });
    }
  }

  function change(next: readonly RootFolder[]): void {
    folders = next;
    for (const listener of listeners) listener();
  }

  async function consent(server: string, signal: AbortSignal): Promise<boolean> {
    const said = answers.get(server);
    if (given !== undefined || said === true) return true;
    if (said === false || ask === undefined) return false;
    questions += 1;
    const id = `roots_${questions}`;
    const roots = known().map(toRootOnly);
    const yes = await turns.take(() => ask({ id, server, roots }, signal), signal);
    answers.set(server, yes);
    return yes;
  }

  /** A server that asks twice is asked about once. */
  function consentOnce(server: string, signal: AbortSignal): Promise<boolean> {
    const running = asking.get(server);
    if (running !== undefined) return running;
    const mine = consent(server, signal).finally(() => asking.delete(server));
    asking.set(server, mine);
    return mine;
  }

  return {
    port: {
      list: async (server, signal) =>
        (await consentOnce(server, signal)) ? known().map(toRootOnly) : [],
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    list: known,
    consents: () => [...answers].map(([server, allowed]) => ({ server, allowed })),
    async add(directory) {
      const folder = toFolder(directory);
      const others = known().filter(({ uri }) => uri !== folder.uri);
      for (const [server, allowed] of answers) if (!allowed) answers.delete(server);
      change([...others, folder]);
      return folder;
    },
    async remove(directory) {
      const before = known();
      const gone = new Set([directory, realPath(directory)]);
      const left = before.filter(({ uri, path }) => !gone.has(uri) && !gone.has(path));
      if (left.length === before.length) return false;
      change(left);
      return true;
    },
  };

  /** Also of a folder that is not there any more. */
  function realPath(directory: string): string {
    try {
      return toFolder(directory).path;
    } catch {
      return directory;
    }
  }
}

function toRootOnly({ uri, name }: RootFolder) {
  return { uri, ...(name === undefined ? {} : { name }) };
}
