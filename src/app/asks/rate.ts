/** Counts what each server asked lately. */
export interface Rate {
  /** Counts one more; false when it is too many, and then it is not counted. */
  allow: (server: string) => boolean;
}

const WINDOW_MS = 60_000;

/** At most `limit` of one server within 60 seconds. */
export function createRate(limit: number, now: () => number): Rate {
  const times = new Map<string, number[]>();
  return {
    allow(server) {
      const since = now() - WINDOW_MS;
      const recent = (times.get(server) ?? []).filter((time) => time > since);
      const allowed = recent.length < limit;
      times.set(server, allowed ? [...recent, now()] : recent);
      return allowed;
    },
  };
}
