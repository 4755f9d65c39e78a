import type { WrittenAnswer } from '../../config/types.js';
import type { HostPorts, LoginPort, RootsPort } from '../../mcp/ports.js';
import type { Elicitation } from './elicitation.js';
import type { AnsweringModel, AskParts } from './types.js';

export interface PortParts extends AskParts {
  /** Asked when a server wants an answer of the model for the first time. */
  model: () => AnsweringModel | Promise<AnsweringModel>;
  roots?: RootsPort | undefined;
  login?: LoginPort | undefined;
}

export interface Ports {
  ports: HostPorts;
  /** Answers of `--answers` that nothing was asked for so far. */
  unused: () => readonly WrittenAnswer[];
}

/** What the servers of a run may ask. What answers them is loaded when the first one does. */
export function createPorts(parts: PortParts): Ports {
  const { settings, roots, login } = parts;
  let elicitation: Elicitation | undefined;
  const elicitor = once(async () => {
    const { createElicitation } = await import('./elicitation.js');
    return (elicitation = createElicitation(parts));
  });
  const sampler = once(async () => {
    const { createSampling } = await import('./sampling.js');
    return createSampling({ ...parts, model: await parts.model() });
  });
  return {
    ports: {
      elicit: async (request, signal) => (await elicitor()).elicit(request, signal),
      // A server that knows that there is no model for it need not ask.
      ...(settings.sampling.mode === 'never'
        ? {}
        : { sample: async (request, signal) => (await sampler())(request, signal) }),
      ...(roots === undefined ? {} : { roots }),
      ...(login === undefined ? {} : { login }),
    },
    unused: () => elicitation?.unused() ?? settings.elicitation.answers,
  };
}

/** What to say of answers that were written for nothing; undefined when all were used. */
export function unusedWarning(unused: readonly WrittenAnswer[]): string | undefined {
  if (unused.length === 0) return undefined;
  const places = unused.map(({ where }) => where).join(', ');
  return `No server asked for ${unused.length === 1 ? 'this answer' : 'these answers'}: ${places}.`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
