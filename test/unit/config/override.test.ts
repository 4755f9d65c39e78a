import { describe, expect, it } from 'vitest';
import { overrideServer } from '../../../src/config/override.js';
import { local, remote } from '../../servers/definitions.js';

const own = remote('https://h.example/mcp', {
  fallback: true,
  headers: [
    ['authorization', 'Bearer own-token'],
    ['X-Own', 'own'],
  ],
});
const over = (flags: Parameters<typeof overrideServer>[1], env = {}) =>
  overrideServer(own, flags, env).server;

describe('flags over a configured server', () => {
  it('leave it alone when there are none', () => {
    expect(overrideServer(own, { json: true }, { OSTLER_HEADER: 'X: y' })).toEqual({
      server: own,
      warnings: [],
    });
  });

  it('replace a header of the same name, however it is written', () => {
    const server = over({ header: ['Authorization: Bearer other', 'X-New: new'] });
    expect(server).toMatchObject({
      headers: [
        ['X-Own', 'own'],
        ['Authorization', 'Bearer other'],
        ['X-New', 'new'],
      ],
      headerOrigins: [
        { name: 'Authorization', origin: { where: '--header' } },
        { name: 'X-New', origin: { where: '--header' } },
      ],
    });
  });

  it('choose transport, revision and time', () => {
    expect(over({ transport: 'sse', protocol: 'legacy', serverTimeout: '2s' })).toMatchObject({
      transport: 'sse',
      fallback: false,
      protocol: 'legacy',
      connectTimeoutMs: 2000,
    });
  });

  it('stay when a secret command brings its headers anew', async () => {
    const refreshHeaders = () => Promise.resolve([['authorization', 'Bearer newer']] as const);
    const server = overrideServer(
      { ...own, refreshHeaders },
      { header: ['Authorization: Bearer flag'] },
      {},
    ).server;
    expect(server.transport !== 'stdio' && (await server.refreshHeaders?.())).toEqual([
      ['Authorization', 'Bearer flag'],
    ]);
  });

  it('warn of what they make unsafe', () => {
    const plain = remote('http://h.example/mcp');
    const flags = { header: ['X-Key: abcdefgh'], insecure: true };
    expect(overrideServer(plain, flags, {}).warnings.join('\n')).toMatch(
      /unencrypted[^]*not checked/,
    );
  });

  it.each([
    { header: ['X: y'] },
    { tokenEnv: 'T' },
    { tokenFile: '/t' },
    { ca: '/c' },
    { insecure: true },
    { transport: 'http' },
  ])('%j are wrong for a command', (flags) => {
    const act = () => overrideServer(local('node', []), flags, { T: 'token-value' });
    expect(act).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('cannot make a command of a URL, nor name a header twice', () => {
    expect(() => over({ transport: 'stdio' })).toThrow('by its URL');
    expect(() => over({ header: ['X: a', 'x: b'] })).toThrow('given twice');
  });
});
