import type { AskSettings } from '../../config/flag-settings.js';
import type { ModelSettings } from '../../config/types.js';
import type { ChatAsks } from '../../core/chat.js';
import type { AgentEventBody } from '../../core/events.js';
import type { HostPorts } from '../../mcp/ports.js';
import { createCalls } from '../asks/calls.js';
import { createLogin } from '../asks/login.js';
import { createPorts, unusedWarning } from '../asks/ports.js';
import { createTurns, type Turns } from '../asks/turns.js';
import type { AnsweringModel } from '../asks/types.js';
import { rootsOf } from '../session-asks.js';

export interface CommandAskOptions {
  settings: AskSettings;
  /** The model for a server that wants one; read when it does. */
  model: () => Promise<ModelSettings>;
  env: NodeJS.ProcessEnv;
  /** Where somebody is there to be asked. */
  person?: ChatAsks | undefined;
  emit: (event: AgentEventBody) => void;
}

/** What servers may ask of one command. */
export interface CommandAsks {
  ports: HostPorts;
  /** A question stands on the terminal. */
  asking: () => boolean;
  /** What is worth telling at the end. */
  ending: () => string | undefined;
}

export function createCommandAsks(options: CommandAskOptions): CommandAsks {
  const { settings, person, env, emit } = options;
  let questions = 0;
  const turns = counted(createTurns(), (by) => {
    questions += by;
  });
  const login = person && createLogin({ ask: person.askLogin, turns, env, emit });
  const { ports, unused } = createPorts({
    settings,
    turns,
    calls: createCalls(),
    emit,
    model: async () => toModel(await options.model()),
    ...(person === undefined ? {} : { person }),
    // A command is over before a question about folders would be worth it: only the settings give any.
    roots: rootsOf(settings),
    login,
  });
  return { ports, asking: () => questions > 0, ending: () => unusedWarning(unused()) };
}

function counted({ take }: Turns, count: (by: 1 | -1) => void): Turns {
  return {
    take: (ask, signal) =>
      take(async () => {
        count(1);
        try {
          return await ask();
        } finally {
          count(-1);
        }
      }, signal),
  };
}

function toModel(settings: ModelSettings): AnsweringModel {
  return {
    settings: () => settings,
    async create(wanted) {
      const { createModel } = await import('../../model/index.js');
      return createModel(wanted);
    },
  };
}
