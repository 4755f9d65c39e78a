import type {
  ElicitationAnswer,
  ElicitationRequest,
  Root,
  SamplingRequest,
} from '../../../src/core/asks.js';
import { createLoginPort } from '../../../src/mcp/auth/login-port.js';
import type { HostPorts } from '../../../src/mcp/ports.js';
import { playBrowser } from '../../servers/oauth/browser.mjs';

/** Whoever sits before the program: says yes, and remembers what was asked. */
export interface Person {
  ports: HostPorts;
  elicited: ElicitationRequest[];
  sampled: SamplingRequest[];
  /** Logins that were asked for. */
  logins: () => number;
  /** Opens another folder. */
  move: (roots: readonly Root[]) => void;
}

export interface PersonOptions {
  roots: readonly Root[];
  /** What forms are answered with. */
  content: Record<string, string>;
  env: NodeJS.ProcessEnv;
}

export function createPerson({ roots, content, env }: PersonOptions): Person {
  const elicited: ElicitationRequest[] = [];
  const sampled: SamplingRequest[] = [];
  const listeners = new Set<() => void>();
  let current = roots;
  let logins = 0;
  const answer = (request: ElicitationRequest): ElicitationAnswer =>
    request.mode === 'form' ? { action: 'accept', content } : { action: 'accept' };
  return {
    elicited,
    sampled,
    logins: () => logins,
    move(next) {
      current = next;
      for (const listener of listeners) listener();
    },
    ports: {
      elicit(request) {
        elicited.push(request);
        return Promise.resolve(answer(request));
      },
      sample(request) {
        sampled.push(request);
        return Promise.resolve({
          model: 'parrot',
          content: [{ type: 'text', text: 'a good answer' }],
          stopReason: 'endTurn',
        });
      },
      roots: {
        list: () => Promise.resolve(current),
        onChange(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      login: createLoginPort({
        env,
        ask() {
          logins += 1;
          return Promise.resolve({ kind: 'open' });
        },
        open: async (url) => void (await playBrowser(url)),
      }),
    },
  };
}
