import { describe, expect, it } from 'vitest';
import { isSecretLine, maskSecrets } from '../../../../../src/render/ink/commands/secret-line.js';
import { parseServerLine } from '../../../../../src/render/ink/commands/server-line.js';

describe('a server typed into the chat', () => {
  it.each<[line: string, target: unknown, flags: unknown]>([
    ['https://a.example/mcp', 'https://a.example/mcp', {}],
    ['docs', 'docs', {}],
    [
      `https://a.example -H "X-Key: a b" -H 'Authorization: Bearer "q"'`,
      'https://a.example',
      { header: ['X-Key: a b', 'Authorization: Bearer "q"'] },
    ],
    [
      '-t sse --protocol=legacy https://a.example',
      'https://a.example',
      { transport: 'sse', protocol: 'legacy' },
    ],
    [
      'https://a.example -tsse --insecure',
      'https://a.example',
      { transport: 'sse', insecure: true },
    ],
    [
      'a --token-env T --token-file f --server-timeout 5s --ca c.pem',
      'a',
      { tokenEnv: 'T', tokenFile: 'f', serverTimeout: '5s', ca: 'c.pem' },
    ],
    ['-- npx -y "a b" -H x', ['npx', '-y', 'a b', '-H', 'x'], {}],
    ['-t stdio -- node a\\ b.js', ['node', 'a b.js'], { transport: 'stdio' }],
  ])('%s', (line, target, flags) => {
    expect(parseServerLine(line)).toEqual({ target, flags });
  });

  it.each<[line: string, message: RegExp]>([
    ['', /Which server/],
    ['a b', /too many/],
    ['--', /no command/],
    ['a -- b', /not both/],
    ['a -H', /--header needs a value/],
    ['a --insecure=yes', /takes no value/],
    ['a -t sse -t http', /given twice/],
    ['a --trnsport sse', /did you mean "--transport"/],
    ['a -z', /no flag -z/],
    ['a -H "x: y', /quote is not closed/],
  ])('%s is refused', (line, message) => {
    expect(() => parseServerLine(line)).toThrow(message);
  });

  it('a refusal never tells a value', () => {
    for (const line of ['a -H Authorization: Bearer s3cr3t', 'a --tokn=s3cr3t', 'a -Zs3cr3t']) {
      expect(() => parseServerLine(line)).not.toThrow(/s3cr3t/);
      expect(() => parseServerLine(line)).toThrow();
    }
  });
});

describe('lines with a credential', () => {
  it.each([
    '/servers connect https://a.example -H "Authorization: Bearer s3cr3t"',
    '/servers connect https://a.example -H Authorization: Bearer s3cr3t',
    "/servers connect https://a.example --header 'X-Key: s3cr3t' -t sse",
    '/mcp connect https://a.example --header="X-Key: s3cr3t"',
    '/servers connect https://a.example "-HX-Key: s3cr3t"',
    '/servers connect https://me:s3cr3t@a.example/mcp',
    '/servers connect https://a.example/mcp?api_key=s3cr3t&x=1',
    '  !curl -H "Authorization: Bearer s3cr3t" https://a.example',
  ])('%s', (line) => {
    expect(isSecretLine(line)).toBe(true);
    expect(maskSecrets(line)).not.toContain('s3cr3t');
    expect(maskSecrets(line)).toContain('a.example');
  });

  it('credentials for a server are one whatever they look like', () => {
    expect(isSecretLine('/servers auth shop s3cr3t')).toBe(true);
  });

  it.each([
    '/servers',
    '/servers auth shop',
    '/servers connect https://a.example/mcp?page=2 -t sse',
    '/servers connect https://a.example --token-env SHOP',
    'What does curl -H "Accept: x" mean?',
    '/help',
    '',
  ])('not: %s', (line) => {
    expect(isSecretLine(line)).toBe(false);
    if (line.startsWith('/')) expect(maskSecrets(line)).toBe(line);
  });
});
