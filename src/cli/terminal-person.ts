import { isatty } from 'node:tty';
import type { ChatAsks } from '../core/chat.js';
import type { Io } from './io.js';

/**
 * Whoever sits at the terminal, for what servers ask outside of the chat; undefined where nobody
 * does. The questions are loaded when the first one is asked.
 */
export function personAtTerminal(io: Pick<Io, 'stdin' | 'stderr' | 'env'>): ChatAsks | undefined {
  const { env, stderr } = io;
  const isPlain = env['TERM'] === 'dumb' || (env['CI'] ?? '') !== '';
  // Asked of the descriptor: to open stdin takes longer, and nobody may have to be asked.
  if (isPlain || stderr.isTTY !== true || !isatty(0)) return undefined;
  let loaded: Promise<Asks> | undefined;
  const asks = () => (loaded ??= load(io));
  return {
    elicit: async (request, signal) => (await asks()).elicit(request, signal),
    reviewSampling: async (review, signal) => (await asks()).review(review, signal),
    askRoots: async (request, signal) => (await asks()).roots(request, signal),
    askLogin: async (request, signal) => (await asks()).login(request, signal),
  };
}

type Asks = Awaited<ReturnType<typeof load>>;

async function load(io: Pick<Io, 'stdin' | 'stderr' | 'env'>) {
  const { createTerminalAsks } = await import('./asks/terminal-asks.js');
  return createTerminalAsks(io);
}
