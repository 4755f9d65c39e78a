import https from 'node:https';
import { generate } from 'selfsigned';
import { beforeAll, describe, expect, it } from 'vitest';
import { peerCertificate } from '../../../src/net/peer-certificate.js';
import { sendRaw } from '../../../src/net/raw.js';
import { listen, listening, silent } from './fixtures.js';

const signal = new AbortController().signal;

describe('peerCertificate', () => {
  let pems: Awaited<ReturnType<typeof generate>>;
  beforeAll(async () => {
    pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
        { name: 'basicConstraints', cA: true },
      ],
    });
  });

  async function startTls(options: https.ServerOptions = {}): Promise<URL> {
    const server = https.createServer(
      { key: pems.private, cert: pems.cert, ...options },
      (_, response) => void response.end('secure'),
    );
    const port = await listen(server, () => server.closeAllConnections());
    return new URL(`https://localhost:${port}`);
  }

  it('looks at a certificate that is not trusted', async () => {
    const facts = await peerCertificate(await startTls(), { signal });
    expect(facts).toMatchObject({
      protocol: 'TLSv1.3',
      faults: ['DEPTH_ZERO_SELF_SIGNED_CERT'],
      altNames: ['DNS:localhost'],
      chain: [{ subject: 'localhost' }],
    });
    if (!('chain' in facts)) throw new Error('no facts');
    expect(facts.chain[0]?.validTo.getTime()).toBeGreaterThan(Date.now());
  });

  it('trusts the given authority, as a raw request does', async () => {
    const url = await startTls();
    const facts = await peerCertificate(url, { signal, ca: pems.cert });
    expect(facts).toMatchObject({ faults: [] });
    const request = { origin: url, method: 'GET', path: '/', headers: [] };
    expect(await sendRaw({ ...request, ca: pems.cert }, { signal })).toMatchObject({ status: 200 });
    expect(await sendRaw({ ...request, insecure: true }, { signal })).toMatchObject({
      status: 200,
    });
    expect(await sendRaw(request, { signal })).toMatchObject({ status: 0, code: 'tls_error' });
  });

  it('learns whether an old version is accepted', async () => {
    const url = await startTls({ minVersion: 'TLSv1.2' });
    const old = await peerCertificate(url, { signal, maxVersion: 'TLSv1.1' });
    expect(old).toHaveProperty('problem');
    expect(await peerCertificate(url, { signal, maxVersion: 'TLSv1.2' })).toMatchObject({
      protocol: 'TLSv1.2',
    });
  });

  it('says why there is none', async () => {
    const mute = new URL((await silent()).replace('http:', 'https:'));
    expect(await peerCertificate(mute, { signal, timeoutMs: 200 })).toEqual({
      problem: expect.stringMatching(/TLS handshake .*0\.2 s/) as string,
    });
    const plain = await listening((_, response) => void response.end());
    const answer = await peerCertificate(new URL(plain.url.replace('http:', 'https:')), { signal });
    expect(answer).toHaveProperty('problem', expect.stringMatching(/does not speak TLS/));
  });
});
