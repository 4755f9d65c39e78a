import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { openKeychain, type Keychain } from './keychain.js';
import { damaged, readSecretFile, writeSecretFile } from './secret-file.js';
import type { KeptIn } from './types.js';

const VERSION = 1;
const NAME = /^[\w-]+\.json$/;

type Data = Record<string, unknown>;

/** One secret: what may be shown of it stands in a file, the secret itself in the keychain or beside it. */
export interface Kept {
  name: string;
  about: Data;
  where: KeptIn;
  /** Reads the secret; rejects with `config_invalid` when the keychain does not give it out. */
  secret: () => Promise<unknown>;
}

/** Named secrets of this user; one file of 0600 each, in a directory of 0700. */
export interface Vault {
  readonly directory: string;
  /** All whose names begin so. */
  list: (prefix: string) => Promise<Kept[]>;
  write: (name: string, about: Data, secret: unknown) => Promise<KeptIn>;
  remove: (name: string) => Promise<void>;
}

export function createVault(directory: string, env: NodeJS.ProcessEnv): Vault {
  const fileOf = (name: string) => path.join(directory, `${name}.json`);
  let opening: Promise<Keychain | undefined> | undefined;
  const keychain = () => (opening ??= openKeychain(env));

  const read = async (name: string): Promise<Kept | undefined> => {
    const file = fileOf(name);
    const content = await readSecretFile(file);
    if (content === undefined) return undefined;
    const { version, about, secret } = content;
    if (version !== VERSION || !isRecord(about)) throw damaged(file);
    if (secret !== undefined) {
      return { name, about, where: { kind: 'file', path: file }, secret: async () => secret };
    }
    return {
      name,
      about,
      where: { kind: 'keychain' },
      secret: async () => {
        const text = await (await keychain())?.read(name).catch(() => undefined);
        if (text === undefined) throw locked();
        return JSON.parse(text) as unknown;
      },
    };
  };

  return {
    directory,
    async list(prefix) {
      const files = await readdir(directory).catch(() => []);
      const names = files.filter((file) => file.startsWith(prefix) && NAME.test(file));
      const found = await Promise.all(names.map((file) => read(file.slice(0, -'.json'.length))));
      return found.filter((kept) => kept !== undefined);
    },
    async write(name, about, secret) {
      const file = fileOf(name);
      const base = { version: VERSION, about };
      // What cannot be read is not written over.
      await read(name);
      try {
        const store = await keychain();
        if (store !== undefined) {
          await store.write(name, JSON.stringify(secret));
          await writeSecretFile(directory, file, base);
          return { kind: 'keychain' };
        }
      } catch (error) {
        if (error instanceof OstlerError && error.code === 'config_invalid') throw error;
        // No keychain here, locked, or the secret is too long for it: the file is always there.
      }
      await writeSecretFile(directory, file, { ...base, secret });
      return { kind: 'file', path: file };
    },
    async remove(name) {
      const kept = await read(name);
      if (kept?.where.kind === 'keychain') {
        await (await keychain())?.remove(name).catch(() => {});
      }
      await rm(fileOf(name), { force: true });
    },
  };
}

function locked(): OstlerError {
  return new OstlerError('config_invalid', 'The keychain does not give out the stored login.', {
    hint: 'Unlock it, or log in again with: ostler mcp login',
  });
}
