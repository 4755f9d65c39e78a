import type { AgentEventBody } from '../core/events.js';

/** What happens beside a prompt, e.g. because a server asks something while its tool runs. */
export interface SideEvents {
  /** Kept until somebody reads. */
  emit: (event: AgentEventBody) => void;
  /** The steps, with what happens beside them in between. */
  mix: <R>(steps: AsyncGenerator<AgentEventBody, R>) => AsyncGenerator<AgentEventBody, R>;
}

type Step<R> = { result: IteratorResult<AgentEventBody, R> } | { failure: unknown };

export function createSideEvents(): SideEvents {
  let waiting: AgentEventBody[] = [];
  let wake = () => {};

  function take(): AgentEventBody[] {
    const taken = waiting;
    waiting = [];
    return taken;
  }

  return {
    emit(event) {
      waiting.push(event);
      wake();
    },
    async *mix<R>(steps: AsyncGenerator<AgentEventBody, R>) {
      let step: Step<R> | undefined;
      const settle = (next: Step<R>) => {
        step = next;
        wake();
      };
      const pull = () =>
        void steps.next().then(
          (result) => settle({ result }),
          (failure: unknown) => settle({ failure }),
        );
      pull();
      for (;;) {
        if (step === undefined && waiting.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        yield* take();
        const came: Step<R> | undefined = step;
        if (came === undefined) continue;
        step = undefined;
        if ('failure' in came) throw came.failure;
        if (came.result.done === true) return came.result.value;
        yield came.result.value;
        pull();
      }
    },
  };
}
