/** The calls of every server that run now: what a server asks is most likely asked for one of them. */
export interface Calls {
  track: <T>(server: string, id: string, call: () => Promise<T>) => Promise<T>;
  /** The only call of a server, or undefined. */
  only: (server: string) => string | undefined;
}

export function createCalls(): Calls {
  const running = new Map<string, Set<string>>();
  return {
    async track(server, id, call) {
      const ids = running.get(server) ?? new Set();
      running.set(server, ids.add(id));
      try {
        return await call();
      } finally {
        ids.delete(id);
      }
    },
    only(server) {
      const [first, ...others] = running.get(server) ?? [];
      return others.length === 0 ? first : undefined;
    },
  };
}
