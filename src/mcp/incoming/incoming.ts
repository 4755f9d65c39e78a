import type { ClientOptions } from '@modelcontextprotocol/client';
import { isRecord, type JsonObject } from '../../core/json.js';
import { createAbort } from '../../core/wait.js';
import type { HostPorts } from '../ports.js';
import type { Client } from '../sdk.js';
import { INTERNAL, Refusal } from './refusal.js';
import type { Question, RunningCall } from './types.js';

type Capabilities = NonNullable<ClientOptions['capabilities']>;

/** What a server may ask of us on one link. Nothing of it is loaded before it does. */
export interface Incoming {
  readonly capabilities: Capabilities;
  /** Answers requests of the old revisions; call it before the client is connected. */
  attach: (client: Client) => void;
  /** The link stands: from now on the server is told when its roots are others. */
  opened: (client: Client) => void;
  /** A call begins; whoever ends it says so. */
  begin: (hold: RunningCall['hold']) => { call: RunningCall; end: () => void };
  /** Hears of every page that was left as the server wants it (`notifications/elicitation/complete`). */
  onComplete: (listener: (elicitationId: string) => void) => () => void;
  /** Answers one question. Rejects with a `Refusal`, or an `OstlerError` when its signal fires. */
  answer: (question: Question) => Promise<JsonObject>;
  /** Ends all questions. */
  end: () => void;
}

export interface IncomingOptions {
  /** The configured id. */
  server: string;
  ports: HostPorts | undefined;
  /** Oddities worth telling, sanitised. */
  onWarning: ((message: string) => void) | undefined;
}

export function createIncoming(options: IncomingOptions): Incoming {
  const { server, ports = {}, onWarning = () => {} } = options;
  const calls = new Set<RunningCall>();
  const link = createAbort();
  const undo: (() => void)[] = [];
  const completions = new Set<(elicitationId: string) => void>();

  const answer: Incoming['answer'] = async (question) => {
    const { answerQuestion } = await import('./answer.js');
    return answerQuestion(question, { server, ports, linkEnded: link.signal, onWarning });
  };

  return {
    capabilities: capabilitiesOf(ports),
    attach(client) {
      // Unlike a handler of its own for each method this one gets what the server really sent.
      if (Object.keys(ports).length === 0) return;
      client.setNotificationHandler('notifications/elicitation/complete', ({ params }) => {
        for (const listener of completions) listener(params.elicitationId);
      });
      client.fallbackRequestHandler = async ({ method, params }, { mcpReq: { signal } }) => {
        const asked = { method, params: isRecord(params) ? params : {}, signal };
        try {
          return await answer({ ...asked, calls: [...calls] });
        } catch (error) {
          // Its message goes to the server, so what happened on this machine stays out of it.
          throw error instanceof Refusal ? error : new Refusal(INTERNAL, 'There is no answer');
        }
      };
    },
    onComplete(listener) {
      completions.add(listener);
      return () => completions.delete(listener);
    },
    opened(client) {
      if (ports.roots === undefined || client.getProtocolEra() === 'modern') return;
      const tell = () => client.sendRootsListChanged().catch(() => {});
      undo.push(ports.roots.onChange(() => void tell()));
    },
    begin(hold) {
      const ended = createAbort();
      const call: RunningCall = { ended: ended.signal, hold, questions: 0 };
      calls.add(call);
      return {
        call,
        end() {
          calls.delete(call);
          ended.abort(new Error('The call that asked is over.'));
        },
      };
    },
    answer,
    end() {
      link.abort(new Error('The connection is closed.'));
      for (const stop of undo.splice(0)) stop();
    },
  };
}

/** What is declared is what somebody is there to answer. */
function capabilitiesOf({ elicit, sample, roots }: HostPorts): Capabilities {
  return {
    ...(elicit === undefined ? {} : { elicitation: { form: { applyDefaults: true }, url: {} } }),
    ...(sample === undefined ? {} : { sampling: { tools: {} } }),
    ...(roots === undefined ? {} : { roots: { listChanged: true } }),
  };
}
