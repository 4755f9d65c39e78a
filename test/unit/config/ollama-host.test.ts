import { describe, expect, it } from 'vitest';
import { resolveOllamaHost } from '../../../src/config/ollama-host.js';

/** Ollama's own TestHost (envconfig/config_test.go), with the addresses a client can reach. */
const VECTORS: [name: string, value: string, url: string][] = [
  ['empty', '', 'http://127.0.0.1:11434'],
  ['only address', '1.2.3.4', 'http://1.2.3.4:11434'],
  ['only port', ':1234', 'http://127.0.0.1:1234'],
  ['address and port', '1.2.3.4:1234', 'http://1.2.3.4:1234'],
  ['hostname', 'example.com', 'http://example.com:11434'],
  ['hostname and port', 'example.com:1234', 'http://example.com:1234'],
  ['zero port', ':0', 'http://127.0.0.1:0'],
  ['too large port', ':66000', 'http://127.0.0.1:11434'],
  ['too small port', ':-1', 'http://127.0.0.1:11434'],
  ['bad port', 'example.com:abc', 'http://example.com:11434'],
  ['ipv6 localhost', '[::1]', 'http://[::1]:11434'],
  ['ipv6 world open', '[::]', 'http://[::1]:11434'],
  ['ipv6 no brackets', '::1', 'http://[::1]:11434'],
  ['ipv6 world open, no brackets', '::', 'http://[::1]:11434'],
  ['ipv6 and port', '[::1]:1337', 'http://[::1]:1337'],
  ['ipv4 world open', '0.0.0.0', 'http://127.0.0.1:11434'],
  ['ipv4 world open and port', '0.0.0.0:8080', 'http://127.0.0.1:8080'],
  ['extra space', ' 1.2.3.4 ', 'http://1.2.3.4:11434'],
  ['extra quotes', '"1.2.3.4"', 'http://1.2.3.4:11434'],
  ['extra space and quotes', ' " 1.2.3.4 " ', 'http://1.2.3.4:11434'],
  ['extra single quotes', "'1.2.3.4'", 'http://1.2.3.4:11434'],
  ['http', 'http://1.2.3.4', 'http://1.2.3.4:80'],
  ['http port', 'http://1.2.3.4:4321', 'http://1.2.3.4:4321'],
  ['https', 'https://1.2.3.4', 'https://1.2.3.4:443'],
  ['https port', 'https://1.2.3.4:4321', 'https://1.2.3.4:4321'],
  ['proxy path', 'https://example.com/ollama', 'https://example.com:443/ollama'],
  ['proxy path with slash', 'https://example.com/ollama/', 'https://example.com:443/ollama'],
  ['path without scheme', 'example.com:80/ollama', 'http://example.com:80/ollama'],
  ['bare ollama.com', 'ollama.com', 'https://ollama.com:443'],
];

describe('resolveOllamaHost', () => {
  it.each(VECTORS)('%s', (_, value, url) => {
    expect(resolveOllamaHost(value)).toBe(url);
  });

  it.each(['ftp://x', 'http://a b', '[::zz'])('refuses %s', (value) => {
    expect(() => resolveOllamaHost(value)).toThrow(/not a host|only http/);
  });
});
