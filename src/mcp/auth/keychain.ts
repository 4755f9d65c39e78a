import { deadline, withSignal } from '../../core/wait.js';

/** The system's store of secrets. Every method rejects where there is none, or nobody unlocks it. */
export interface Keychain {
  read: (account: string) => Promise<string | undefined>;
  write: (account: string, secret: string) => Promise<void>;
  remove: (account: string) => Promise<void>;
}

const SERVICE = 'ostler';
/** For a person to unlock it; milliseconds. */
const UNLOCK_MS = 60_000;

/** The keychain of this system through an optional library, or undefined: none, or `OSTLER_NO_KEYCHAIN=1`. */
export async function openKeychain(env: NodeJS.ProcessEnv): Promise<Keychain | undefined> {
  if (!['', '0', 'false', undefined].includes(env['OSTLER_NO_KEYCHAIN'])) return undefined;
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    const use = async <T>(
      account: string,
      act: (entry: InstanceType<typeof AsyncEntry>, signal: AbortSignal) => Promise<T>,
    ): Promise<T> => {
      const limit = deadline(UNLOCK_MS, 'The keychain');
      try {
        const { signal } = limit;
        return await withSignal(act(new AsyncEntry(SERVICE, account), signal), signal);
      } finally {
        limit.clear();
      }
    };
    return {
      read: (account) =>
        use(account, async (entry, signal) => (await entry.getPassword(signal)) ?? undefined),
      write: (account, secret) =>
        use(account, (entry, signal) => entry.setPassword(secret, signal)),
      remove: (account) =>
        use(account, async (entry, signal) => void (await entry.deleteCredential(signal))),
    };
  } catch {
    return undefined;
  }
}
