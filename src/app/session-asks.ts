import type { Settings } from '../config/types.js';
import type { ChatAsks } from '../core/chat.js';
import type { HostPorts, RootsPort } from '../mcp/ports.js';
import { createModel } from '../model/index.js';
import type { Model } from '../model/types.js';
import { createCalls, type Calls } from './asks/calls.js';
import { createLogin } from './asks/login.js';
import { createPorts, unusedWarning } from './asks/ports.js';
import { createTurns } from './asks/turns.js';
import type { AnsweringModel } from './asks/types.js';
import { createSideEvents, type SideEvents } from './side-events.js';

/** What the servers of a one-shot run may ask. */
export interface SessionAsks {
  ports: HostPorts;
  calls: Calls;
  side: SideEvents;
  /** The model, watched for the context window it is asked with. */
  model: Model;
  /** What is worth telling at the end. */
  ending: () => string | undefined;
}

export interface SessionAsksOptions {
  env: NodeJS.ProcessEnv;
  /** Where somebody is there to be asked. */
  person?: Partial<ChatAsks> | undefined;
}

export function createSessionAsks(
  settings: Settings,
  { env, person }: SessionAsksOptions,
): SessionAsks {
  const side = createSideEvents();
  const turns = createTurns();
  const calls = createCalls();
  const { emit } = side;
  const watched = watchModel(createModel(settings.model));
  const askLogin = person?.askLogin;
  const { ports, unused } = createPorts({
    settings,
    turns,
    calls,
    emit,
    model: () => ({
      settings: () => settings.model,
      create: watched.create,
      numCtx: watched.numCtx,
    }),
    ...(person === undefined ? {} : { person }),
    // Asked of everybody at the start of every run, it would be a nuisance: only the settings give any.
    roots: rootsOf(settings),
    login: askLogin === undefined ? undefined : createLogin({ ask: askLogin, turns, env, emit }),
  });
  return { ports, calls, side, model: watched.model, ending: () => unusedWarning(unused()) };
}

/** The folders of the settings, which stay what they are; undefined where there is nothing about any. */
export function rootsOf({ roots }: Pick<Settings, 'roots'>): RootsPort | undefined {
  if (roots === undefined) return undefined;
  const told = roots.map(({ uri, name }) => ({ uri, ...(name === undefined ? {} : { name }) }));
  return { list: async () => told, onChange: () => () => {} };
}

interface Watched extends Pick<AnsweringModel, 'create'> {
  model: Model;
  numCtx: () => number | undefined;
}

function watchModel(model: Model): Watched {
  let numCtx: number | undefined;
  const watched: Model = {
    name: model.name,
    describe: (signal) => model.describe(signal),
    chat(request, signal) {
      numCtx = request.numCtx ?? numCtx;
      return model.chat(request, signal);
    },
  };
  return {
    model: watched,
    numCtx: () => numCtx,
    // A script goes on where it is; it has no settings.
    create: async (settings) =>
      settings.name.startsWith('script:') ? model : createModel(settings),
  };
}
