import { registerHeaderSecret, registerSecret } from '../core/redact.js';

const SECRET_NAME = /token|key|secret|passw(or)?d|credential|auth/i;
const SECRET_QUERY =
  /^(?:.*[-_]|access|refresh|id|auth|bearer|api|client|user)?(?:token|key|apikey|secret|password|passwd|pwd|auth|jwt|signature|sig|code)$/i;
/** Options whose values are secrets; `auth` and `code` are names of modes as well. */
const SECRET_OPTION =
  /^(?:.*[-_]|access|refresh|id|auth|bearer|api|client|user)?(?:token|key|secret|password|passwd|pwd|jwt|credentials?)$/i;

/** Names of headers whose values tell nothing worth hiding. */
const HARMLESS_HEADERS = new Set([
  'accept',
  'accept-language',
  'content-type',
  'mcp-protocol-version',
  'user-agent',
]);

/** Variables whose values stand in ordinary output, such as paths; hiding them would only blind people. */
const HARMLESS_VARIABLES =
  /^(?:HOME|PWD|OLDPWD|USER|LOGNAME|USERNAME|USERPROFILE|SHELL|PATH|LANG|LC_\w+|TERM|TZ|HOSTNAME|TMPDIR|TEMP|TMP|APPDATA|LOCALAPPDATA|XDG_\w+|NODE_ENV)$/;

/** True for `GITHUB_TOKEN`, `api-key` and the like. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

export function isHarmlessHeader(name: string): boolean {
  return HARMLESS_HEADERS.has(name.toLowerCase());
}

export function isHarmlessVariable(name: string): boolean {
  return HARMLESS_VARIABLES.test(name);
}

export function registerHeader(name: string, value: string): void {
  if (!isHarmlessHeader(name)) registerHeaderSecret(value);
}

/** Registers what a URL carries in its userinfo and in query values named token, key and so on. */
export function registerUrlSecrets(url: URL): void {
  const user = decodeSafely(url.username);
  const password = decodeSafely(url.password);
  if (password !== '') {
    registerSecret(password);
    registerSecret(`${user}:${password}`);
  } else if (user !== '') registerSecret(user);
  for (const { name, raw, value } of queryPairs(url)) {
    if (!SECRET_QUERY.test(name)) continue;
    registerSecret(value);
    registerSecret(raw);
  }
}

/** Registers what a command's arguments carry: `--api-key x`, `--token=x`, `--header "X-Key: x"`. */
export function registerArgumentSecrets(args: readonly string[]): void {
  for (const { header, value } of argumentSecrets(args)) {
    if (header === undefined) registerSecret(value);
    else registerHeader(header, value);
  }
}

/** A secret at the end of an argument, by the name of its option or header. */
export interface ArgumentSecret {
  /** Index of the argument. */
  at: number;
  header?: string;
  value: string;
}

/** The values in a command's arguments that are secrets. */
export function argumentSecrets(args: readonly string[]): ArgumentSecret[] {
  return args.flatMap((arg, at) => {
    const option = /^--?([\w-]+)$/.exec(args[at - 1] ?? '')?.[1];
    const [, name = option ?? '', value = arg] = /^--?([\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (SECRET_OPTION.test(name) && isSecretValue(value)) return [{ at, value }];
    const [, header = '', text = ''] = /^([\w-]+):\s*(\S.*)$/s.exec(value) ?? [];
    if (!/^(?:H|headers?)$/i.test(name) || !isSecretName(header)) return [];
    return [{ at, header, value: text }];
  });
}

/** A path, another option, an amount or a plain word is no secret; to hide it would only blind people. */
export function isSecretValue(value: string): boolean {
  if (/^(?:-|~|\.{0,2}[/\\]|\d{1,7}$)/.test(value)) return false;
  return value.length >= 16 || /[^a-z_-]/i.test(value);
}

/** True for a query parameter that holds a credential: `token`, `api_key`. */
export function isSecretParameter(name: string): boolean {
  return SECRET_QUERY.test(name);
}

/** True when the URL itself carries a credential. */
export function hasUrlSecret(url: URL): boolean {
  return url.username !== '' || queryPairs(url).some(({ name }) => SECRET_QUERY.test(name));
}

/** The URL for display: userinfo and secret query values replaced. */
export function maskUrl(url: URL, mask: string): string {
  const query = url.search
    .slice(1)
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return rest.length > 0 && SECRET_QUERY.test(decodeSafely(name)) ? `${name}=${mask}` : pair;
    })
    .join('&');
  const user = url.username === '' && url.password === '' ? '' : `${mask}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}${query === '' ? '' : `?${query}`}`;
}

function queryPairs(url: URL): { name: string; raw: string; value: string }[] {
  if (url.search.length < 2) return [];
  return url.search
    .slice(1)
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      const raw = rest.join('=');
      return { name: decodeSafely(name), raw, value: decodeSafely(raw.replaceAll('+', ' ')) };
    });
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
