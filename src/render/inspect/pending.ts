import type { Sink } from '../sink.js';

/** Before this a step is not worth a line, milliseconds. */
const PATIENCE_MS = 700;

/** The line of a step that lasts, on a terminal: written once, wiped when the step is known. */
export interface Pending {
  begin: (what: string) => void;
  end: () => Promise<void>;
}

export function createPending(stderr: Sink, live: boolean): Pending {
  let timer: NodeJS.Timeout | undefined;
  let shown = false;
  return {
    begin(what) {
      clearTimeout(timer);
      if (!live) return;
      timer = setTimeout(() => {
        shown = true;
        void stderr.write(`\r\u001b[2K… ${what}`);
      }, PATIENCE_MS);
    },
    async end() {
      clearTimeout(timer);
      if (!shown) return;
      shown = false;
      await stderr.write('\r\u001b[2K');
    },
  };
}
