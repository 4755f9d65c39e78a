import type { Connection } from './types.js';

/** What a request needs of whoever sends it. */
export interface Request {
  signal: AbortSignal;
  /** Set for a tool call: it may act, and it is about the tool that was offered. */
  tool?: string;
}

/** Sends a request on whatever connection stands. */
export type Via = <T>(use: (connection: Connection) => Promise<T>, request: Request) => Promise<T>;

export type Standing = Pick<Connection, 'id' | 'info' | 'tools' | 'onNotice' | 'onClose' | 'close'>;

/** A connection of which every request goes `via`, and all else is what stands. */
export function facade(standing: Standing, via: Via): Connection {
  return {
    id: standing.id,
    get info() {
      return standing.info;
    },
    get tools() {
      return standing.tools;
    },
    call: (tool, args, options) =>
      via((made) => made.call(tool, args, options), { signal: options.signal, tool }),
    listPrompts: (signal) => via((made) => made.listPrompts(signal), { signal }),
    getPrompt: (name, args, signal) =>
      via((made) => made.getPrompt(name, args, signal), { signal }),
    listResources: (signal) => via((made) => made.listResources(signal), { signal }),
    readResource: (uri, signal) => via((made) => made.readResource(uri, signal), { signal }),
    subscribe: (uri, signal) => via((made) => made.subscribe(uri, signal), { signal }),
    unsubscribe: (uri, signal) => via((made) => made.unsubscribe(uri, signal), { signal }),
    setLogLevel: (level, signal) => via((made) => made.setLogLevel(level, signal), { signal }),
    complete: (query, signal) => via((made) => made.complete(query, signal), { signal }),
    ping: (signal) => via((made) => made.ping(signal), { signal }),
    onNotice: (listener) => standing.onNotice(listener),
    onClose: (listener) => standing.onClose(listener),
    close: () => standing.close(),
  };
}
