import { BadValue } from './values.js';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };
const OLLAMA_PORT = '11434';

/**
 * The base URL that `OLLAMA_HOST` or `--host` means, by Ollama's own table
 * (https://github.com/ollama/ollama/blob/main/envconfig/config.go, `Host`): without a scheme http and
 * port 11434, with one its own port; a bad port becomes the default one; a path stays.
 * The addresses a server listens on (0.0.0.0, ::, none) become the ones a client can reach.
 * Throws `BadValue` for what cannot be a URL.
 */
export function resolveOllamaHost(value: string): string {
  const text = value
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
  if (text === 'ollama.com') return 'https://ollama.com:443';
  const cut = text.indexOf('://');
  const scheme = cut < 0 ? 'http' : text.slice(0, cut).toLowerCase();
  const defaultPort = cut < 0 ? OLLAMA_PORT : DEFAULT_PORTS[scheme];
  if (defaultPort === undefined) {
    throw new BadValue(`only http and https reach a model, not ${JSON.stringify(scheme)}`);
  }
  const rest = cut < 0 ? text : text.slice(cut + 3);
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const at = authority.lastIndexOf('@');
  const { host, port } = splitHostPort(authority.slice(at + 1), defaultPort);
  const url = `${scheme}://${authority.slice(0, at + 1)}${host}:${port}${path}`;
  if (!URL.canParse(url)) throw new BadValue('not a host or URL');
  return url;
}

/** Go's net.SplitHostPort, as far as Ollama uses it. */
function splitHostPort(text: string, defaultPort: string): { host: string; port: string } {
  const bare = text.replace(/^\[|\]$/g, '');
  if (isIpv6(bare)) return { host: connectable(`[${bare}]`), port: defaultPort };
  const match = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(text);
  if (match === null) return { host: connectable(text), port: defaultPort };
  const [, host = '', port = ''] = match;
  const valid = /^\d+$/.test(port) && Number(port) <= 65_535;
  return { host: connectable(host), port: valid ? String(Number(port)) : defaultPort };
}

/** The URL parser knows; node:net would cost 5 ms to load here. */
function isIpv6(text: string): boolean {
  return text.includes(':') && URL.canParse(`http://[${text}]/`);
}

function connectable(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host === '[::]' ? '[::1]' : host;
}
