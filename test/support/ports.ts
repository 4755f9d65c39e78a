import type {
  ElicitationAnswer,
  ElicitationRequest,
  Root,
  SamplingAnswer,
  SamplingRequest,
} from '../../src/core/asks.js';
import { defaultsOf } from '../../src/core/form.js';
import type { HostPorts } from '../../src/mcp/ports.js';

export interface AskedPorts extends HostPorts {
  elicited: ElicitationRequest[];
  sampled: SamplingRequest[];
  /** Questions that wait for an answer at this moment, and the most there ever were. */
  open: { now: number; most: number };
  /** How often a server asked for the roots. */
  listed: () => number;
  /** Other roots from now on; whoever listens is told. */
  setRoots: (roots: readonly Root[]) => void;
}

export interface PortAnswers {
  elicit?: (request: ElicitationRequest, signal: AbortSignal) => Promise<ElicitationAnswer>;
  sample?: (request: SamplingRequest, signal: AbortSignal) => Promise<SamplingAnswer>;
  roots?: readonly Root[];
}

/** A host that answers everything, unless the test answers itself, and remembers what it was asked. */
export function answering({ elicit, sample, roots = [] }: PortAnswers = {}): AskedPorts {
  const elicited: ElicitationRequest[] = [];
  const sampled: SamplingRequest[] = [];
  const listeners = new Set<() => void>();
  const open = { now: 0, most: 0 };
  let current = roots;
  let lists = 0;
  const counted = async <T>(answer: Promise<T>): Promise<T> => {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    try {
      return await answer;
    } finally {
      open.now -= 1;
    }
  };
  return {
    elicited,
    sampled,
    open,
    listed: () => lists,
    elicit(request, signal) {
      elicited.push(request);
      return counted((elicit ?? accept)(request, signal));
    },
    sample(request, signal) {
      sampled.push(request);
      return counted((sample ?? (() => Promise.resolve(said('Hello.'))))(request, signal));
    },
    roots: {
      list() {
        lists += 1;
        return Promise.resolve(current);
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    setRoots(next) {
      current = next;
      for (const listener of listeners) listener();
    },
  };
}

/** The answer of a model that says one thing. */
export function said(text: string): SamplingAnswer {
  return { model: 'tiny', content: [{ type: 'text', text }], stopReason: 'endTurn' };
}

/** Never answers; ends with its signal. */
export function silent(_: unknown, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

function accept(request: ElicitationRequest): Promise<ElicitationAnswer> {
  return Promise.resolve(
    request.mode === 'url'
      ? { action: 'accept' }
      : { action: 'accept', content: defaultsOf(request.fields) },
  );
}
