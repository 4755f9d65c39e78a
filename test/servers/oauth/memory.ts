import type { Adapter, Stored } from 'oidc-provider';

/** Everything one authorization server remembers, by model and id; a test may look, and may take away. */
export type Memory = Map<string, Map<string, Stored>>;

export function createAdapterFactory(memory: Memory): (model: string) => Adapter {
  return (model) => {
    const own = memory.get(model) ?? new Map<string, Stored>();
    memory.set(model, own);
    return {
      async upsert(id, payload) {
        own.set(id, payload);
      },
      async find(id) {
        return own.get(id);
      },
      async findByUid(uid) {
        return [...own.values()].find((stored) => stored.uid === uid);
      },
      async findByUserCode() {
        return undefined;
      },
      async consume(id) {
        const stored = own.get(id);
        if (stored) stored.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        own.delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const one of memory.values()) {
          for (const [id, stored] of one) if (stored.grantId === grantId) one.delete(id);
        }
      },
    };
  };
}
