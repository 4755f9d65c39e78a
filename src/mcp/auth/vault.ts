import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../config/file-reason.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { openKeychain, type Keychain } from './keychain.js';
import { damaged, readSecretFile, unremovable, writeSecretFile } from './secret-file.js';
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
  /** The names alone that begin so; no file is read. */
  names: (prefix: string) => Promise<string[]>;
  /** One of them; undefined when there is none. Rejects with `config_invalid` for one that cannot be read. */
  read: (name: string) => Promise<Kept | undefined>;
  write: (name: string, about: Data, secret: unknown) => Promise<KeptIn>;
  /** Removes one whether or not it can be read; a link is taken away, what it leads to stays. */
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

  const namesOf = async (prefix: string): Promise<string[]> => {
    const files = await readdir(directory).catch(() => []);
    return files
      .filter((file) => file.startsWith(prefix) && NAME.test(file))
      .map((file) => file.slice(0, -'.json'.length));
  };

  return {
    directory,
    names: namesOf,
    read,
    async list(prefix) {
      const found = await Promise.all((await namesOf(prefix)).map(read));
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
      // A file that cannot be read does not say where its secret is: it may be in the keychain.
      const where = await read(name).then(
        (kept) => kept?.where.kind,
        () => 'keychain' as const,
      );
      if (where === 'keychain') await (await keychain())?.remove(name).catch(() => {});
      const file = fileOf(name);
      await unlink(file).catch((error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') throw unremovable(file, error);
      });
    },
  };
}

function locked(): OstlerError {
  return new OstlerError('config_invalid', 'The keychain does not give out the stored login.', {
    hint: 'Unlock it, or log in again with: ostler mcp login NAME',
  });
}
