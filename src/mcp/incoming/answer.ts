import { OstlerError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { withSignal } from '../../core/wait.js';
import { messageOf } from '../failures.js';
import type { HostPorts } from '../ports.js';
import { shown } from '../shown.js';
import { parseElicitation, toElicitResult } from './elicit.js';
import { gateOf, type Kind } from './gate.js';
import { anyOrAll } from './question-signal.js';
import { INVALID_PARAMS, METHOD_NOT_FOUND, Refusal } from './refusal.js';
import { toRootsResult } from './roots.js';
import { toSamplingRefusal, toSamplingResult } from './sample.js';
import { parseSampling } from './sampling-request.js';
import type { Question } from './types.js';

export interface Answering {
  server: string;
  ports: HostPorts;
  /** Fires with the connection. */
  linkEnded: AbortSignal;
  onWarning: (message: string) => void;
}

/** What is done about one kind of question: checked first, then asked, when it is its turn. */
interface Task {
  kind: Kind;
  ask: (signal: AbortSignal) => Promise<JsonObject>;
}

let count = 0;

/**
 * Answers what a server asks, by the ports that are there. Rejects with a `Refusal` for everything
 * that gets an error for an answer, and tells of those that are the server's fault.
 */
export async function answerQuestion(
  question: Question,
  answering: Answering,
): Promise<JsonObject> {
  const { server, ports, onWarning } = answering;
  const warn = (message: string) => onWarning(`${server}: ${message}`);
  // Folders that changed are asked for beside the calls: the end of one says nothing of it.
  const askers = question.method === 'roots/list' ? [] : question.calls;
  const { signal, release } = anyOrAll(
    [question.signal, answering.linkEnded],
    askers.map(({ ended }) => ended),
  );
  try {
    const task = toTask(question, answering);
    const gate = gateOf(ports, server, { onFlood: warn });
    return await gate.pass(task.kind, question.calls, {
      signal,
      run: async () => {
        const resume = question.calls.map(({ hold }) => hold());
        try {
          return await withSignal(task.ask(signal), signal);
        } finally {
          for (const go of resume) go();
        }
      },
    });
  } catch (error) {
    if (
      error instanceof Refusal &&
      (error.code === INVALID_PARAMS || error.code === METHOD_NOT_FOUND)
    ) {
      warn(`${shown(question.method, 60)} was refused: ${shown(error.message)}`);
    }
    throw error;
  } finally {
    release();
  }
}

function toTask(question: Question, answering: Answering): Task {
  const { elicit, sample, roots } = answering.ports;
  switch (question.method) {
    case 'elicitation/create':
      if (elicit !== undefined) return elicitation(question, elicit, answering);
      break;
    case 'sampling/createMessage':
      if (sample !== undefined) return sampling(question, sample, answering);
      break;
    case 'roots/list':
      if (roots !== undefined) return rootsList(roots, answering.server);
      break;
  }
  throw new Refusal(METHOD_NOT_FOUND, 'Method not found');
}

function elicitation(
  { params }: Question,
  elicit: NonNullable<HostPorts['elicit']>,
  { server, onWarning }: Answering,
): Task {
  const request = parseElicitation(params, { id: nextId(), server });
  return {
    kind: 'elicitation',
    async ask(signal) {
      try {
        return toElicitResult(request, await elicit(request, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        if (!isDenied(error)) onWarning(`${server}: not answered: ${shown(messageOf(error))}`);
        if (error instanceof Refusal) throw error;
        // A question nobody could be asked is one that nobody answered.
        return { action: 'cancel' };
      }
    },
  };
}

function sampling(
  { params }: Question,
  sample: NonNullable<HostPorts['sample']>,
  { server, onWarning }: Answering,
): Task {
  const request = parseSampling(params, { id: nextId(), server });
  return {
    kind: 'sampling',
    async ask(signal) {
      try {
        return toSamplingResult(request, await sample(request, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        if (!isDenied(error)) onWarning(`${server}: not answered: ${shown(messageOf(error))}`);
        throw toSamplingRefusal(error);
      }
    },
  };
}

function rootsList(roots: NonNullable<HostPorts['roots']>, server: string): Task {
  return {
    kind: 'roots',
    ask: async (signal) => toRootsResult(await roots.list(server, signal)),
  };
}

function isDenied(error: unknown): boolean {
  return error instanceof OstlerError && error.code === 'denied';
}

function nextId(): string {
  count += 1;
  return `ask-${count}`;
}
