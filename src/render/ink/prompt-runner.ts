import type { Chat, Outgoing } from '../../core/chat.js';
import { now } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import type { AgentEvent, ResultEvent } from '../../core/events.js';

export interface PromptRunnerOptions {
  chat: Chat;
  /** A message goes to the model. */
  onStart: (message: Outgoing) => void;
  onEvent: (event: AgentEvent) => void;
  /** A prompt is over; with the texts that were waiting when it did not end well. */
  onEnd: (result: ResultEvent | undefined, unsent: readonly Outgoing[]) => void;
}

/** One prompt at a time; what is sent meanwhile waits. */
export interface PromptRunner {
  readonly busy: boolean;
  /** Of `now()`, when the running prompt was sent; undefined while idle. */
  readonly since: number | undefined;
  readonly queued: readonly Outgoing[];
  submit: (message: Outgoing) => void;
  /** Takes the last waiting message back. */
  takeBack: () => Outgoing | undefined;
  /** Ends the running prompt; what was said is kept. */
  interrupt: () => void;
  /** Resolves when nothing runs and nothing waits. */
  idle: () => Promise<void>;
}

export function createPromptRunner(options: PromptRunnerOptions): PromptRunner {
  const { chat, onStart, onEvent, onEnd } = options;
  const queue: Outgoing[] = [];
  let since: number | undefined;
  let working: Promise<void> = Promise.resolve();

  const runOne = async (message: Outgoing) => {
    onStart(message);
    let result: ResultEvent | undefined;
    for await (const event of chat.send(message)) {
      if (event.type === 'result') result = event;
      onEvent(event);
    }
    // After a failure the rest would most likely fail as well, and it was written in the hope of an answer.
    const unsent = result?.status === 'success' ? [] : queue.splice(0);
    since = undefined;
    onEnd(result, unsent);
  };
  const work = async () => {
    for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
      since = now();
      await runOne(message);
    }
  };
  return {
    get busy() {
      return since !== undefined;
    },
    get since() {
      return since;
    },
    queued: queue,
    submit(message) {
      queue.push(message);
      if (since === undefined) {
        since = now();
        working = work();
      }
    },
    takeBack: () => queue.pop(),
    interrupt() {
      if (since !== undefined) chat.abort(new OstlerError('interrupted', 'Interrupted.'));
    },
    idle: () => working,
  };
}
