import type { Settings } from '../../config/types.js';
import type { AskApproval } from '../../core/chat.js';
import type { AgentEventBody } from '../../core/events.js';
import type { HostPorts, LoginPort } from '../../mcp/ports.js';
import { createCalls, type Calls } from '../asks/calls.js';
import { createLogin } from '../asks/login.js';
import { createPorts } from '../asks/ports.js';
import { createRoots, type Roots } from '../asks/roots.js';
import { createTurns } from '../asks/turns.js';
import type { AnsweringModel } from '../asks/types.js';
import type { ChatOptions } from './types.js';

/** What the servers of the chat may ask, and the person's say in it. */
export interface AskDesk {
  ports: HostPorts;
  calls: Calls;
  roots: Roots;
  login: LoginPort | undefined;
  /** The person's answer about a call, in its turn with everything else that is asked. */
  approve: AskApproval;
}

export interface AskDeskParts {
  settings: Settings;
  options: ChatOptions;
  model: AnsweringModel;
  emit: (event: AgentEventBody) => void;
}

export function createAskDesk({ settings, options, model, emit }: AskDeskParts): AskDesk {
  const { env, cwd, ask, askRoots, askLogin } = options;
  const turns = createTurns();
  const calls = createCalls();
  const roots = createRoots({ given: settings.roots, env, cwd, ask: askRoots, turns });
  const login =
    askLogin === undefined ? undefined : createLogin({ ask: askLogin, turns, env, emit });
  const { ports } = createPorts({
    settings,
    person: options,
    turns,
    calls,
    model: () => model,
    emit,
    // Declared where it can come to something: by the settings, or by the person.
    ...(settings.roots === undefined && askRoots === undefined ? {} : { roots: roots.port }),
    login,
  });
  return {
    ports,
    calls,
    roots,
    login,
    approve: (request, signal) => turns.take(() => ask(request, signal), signal),
  };
}
