/** One timer for "nothing has come for a while". */
export interface Silence {
  /** Calls `then` after that many milliseconds; takes the place of an earlier wait. */
  wait: (ms: number, then: () => void) => void;
  stop: () => void;
}

export function createSilence(): Silence {
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  function stop(): void {
    clearTimeout(timer);
    clearImmediate(turn);
    timer = undefined;
    turn = undefined;
  }

  return {
    wait(ms, then) {
      stop();
      timer = setTimeout(() => {
        // After a busy moment timers come before input that has been there for long; let that in first.
        turn = setImmediate(() => {
          stop();
          then();
        });
      }, ms);
    },
    stop,
  };
}
