import { toTerminalLine } from '../core/terminal-text.js';
import { createCoalescer, type CoalesceOptions } from './coalesce.js';

const MAX_URI_CHARS = 8192;
/** Resources that are told of at once; of more only these. */
const MAX_PENDING = 1000;

export interface Updates {
  push: (uri: unknown) => void;
  stop: () => void;
}

/** Passes each changed resource on once, however often its server says so in between. */
export function createUpdates(emit: (uri: string) => void, rates: CoalesceOptions): Updates {
  const pending = new Set<string>();
  const passOn = createCoalescer(() => {
    const uris = [...pending];
    pending.clear();
    for (const uri of uris) emit(uri);
    return Promise.resolve();
  }, rates);
  return {
    push(uri) {
      if (typeof uri !== 'string' || uri.length > MAX_URI_CHARS) return;
      if (pending.size >= MAX_PENDING || toTerminalLine(uri) !== uri) return;
      pending.add(uri);
      passOn.trigger();
    },
    stop: passOn.stop,
  };
}
