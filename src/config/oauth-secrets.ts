import { OstlerError } from '../core/errors.js';
import { registerSecret } from '../core/redact.js';
import type { EntryReader } from './entry-reader.js';
import { readFields, type Field, type Fields } from './fields.js';
import { readNamedFile, readTokenFile, type Place } from './read-files.js';
import type { OAuthSettings } from './types.js';
import { BadValue, toText } from './values.js';

/** The PEM key of `privateKey` or `privateKeyFile`; registered. */
export function readPrivateKey(entry: EntryReader, fields: Fields): string | undefined {
  const field = fields.get('privateKey', 'privateKeyFile');
  return entry.parse(field, (raw) => {
    const text = toText(raw);
    const isFile = !text.includes('-----BEGIN');
    const pem = isFile ? readNamedFile(text, entry.place) : text;
    if (!/-----BEGIN (?:EC |RSA )?PRIVATE KEY-----/.test(pem)) {
      throw new BadValue('holds no PEM private key (-----BEGIN PRIVATE KEY-----)');
    }
    registerSecret(pem);
    return pem;
  });
}

/** The identity provider of SEP-990; its id token may stand in a file or a variable. */
export function readIdp(entry: EntryReader, field: Field | undefined): OAuthSettings['idp'] {
  if (field === undefined) return undefined;
  const fields = readFields(field.value, field.path, entry.report);
  const text = (name: string) => entry.parse(fields.get(name), toText);
  const token = tokenSource(fields, 'idToken', entry);
  const idToken = entry.parse(token?.field, () => token?.read());
  const [issuer, clientId, clientSecret] = [text('issuer'), text('clientId'), text('clientSecret')];
  if (issuer === undefined || clientId === undefined || idToken === undefined) {
    entry.report(field.path, 'needs issuer, clientId and idToken, idTokenFile or idTokenEnv');
    return undefined;
  }
  for (const secret of [idToken, clientSecret]) if (secret !== undefined) registerSecret(secret);
  return { issuer, clientId, idToken, ...(clientSecret === undefined ? {} : { clientSecret }) };
}

/** The workload's own token, from `assertion`, `assertionFile` or `assertionEnv`, read anew each time. */
export function readAssertion(entry: EntryReader, fields: Fields): OAuthSettings['assertion'] {
  const source = tokenSource(fields, 'assertion', entry);
  if (source === undefined) return undefined;
  return async () => {
    try {
      return source.read();
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      const where = `${entry.path.join('.')}.oauth`;
      throw new OstlerError('config_invalid', `${where}: ${error.message}.`, { cause: error });
    }
  };
}

function tokenSource(
  fields: Fields,
  name: string,
  { place }: Pick<EntryReader, 'place'>,
): { field: Field; read: () => string } | undefined {
  const field = fields.get(name, `${name}File`, `${name}Env`);
  if (field === undefined) return undefined;
  const kind = String(field.path.at(-1)).toLowerCase();
  return {
    field,
    read: () => {
      const text = toText(field.value);
      if (kind.endsWith('file')) return readTokenFile(text, place).token;
      return kind.endsWith('env') ? fromVariable(text, place) : text.trim();
    },
  };
}

function fromVariable(name: string, { env }: Place): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined && value.trim() !== '') return value.trim();
  const shown = /^\w{1,64}$/.test(name) ? name : 'it names';
  throw new BadValue(`the environment variable ${shown} is not set`);
}
