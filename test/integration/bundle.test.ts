import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { makeHome, runOstler } from '../support/ostler.js';

/** What is loaded only when it is needed must still be there in the built program. */
const TOKEN = 'the-token-of-the-bundle';

let server: SampleServer;
let home: ReturnType<typeof makeHome>;

beforeAll(async () => {
  server = await startSampleServer({ kind: 'math', tokens: [{ name: 'test', token: TOKEN }] });
  home = makeHome();
});

afterAll(async () => {
  await server.close();
  home.remove();
});

function write(name: string, text: string): string {
  const file = path.join(home.dir, name);
  writeFileSync(file, text);
  return file;
}

describe('the built program', () => {
  it('speaks https', async () => {
    const { code, stderr } = await runOstler(['models', '--host', 'https://127.0.0.1:1']);
    expect(stderr).toContain('nothing listens there');
    expect(code).toBe(4);
  });

  it.each(['http', 'https'])('speaks %s through a proxy', async (scheme) => {
    const proxy = 'http://127.0.0.1:1';
    const { code, stderr } = await runOstler(['models', '--host', `${scheme}://host.invalid`], {
      env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
    });
    expect(stderr).toContain('nothing listens there');
    expect(code).toBe(4);
  });

  it('takes an authority from a file', async () => {
    const ca = write('ca.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const args = ['models', '--host', 'https://127.0.0.1:1', '--model-ca', ca];
    const { code, stderr } = await runOstler(args);
    expect(stderr).not.toContain('bug');
    expect(code).toBe(4);
  });

  it('reads a compressed answer', async () => {
    const compressing = http.createServer((_, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      res.end(gzipSync(JSON.stringify({ models: [{ name: 'small:1b', size: 1 }] })));
    });
    await new Promise<void>((resolve) => compressing.listen(0, '127.0.0.1', resolve));
    const { port } = compressing.address() as AddressInfo;
    const { code, stdout } = await runOstler(['models', '--host', `127.0.0.1:${port}`]);
    compressing.close();
    expect(stdout).toContain('small:1b');
    expect(code).toBe(0);
  });

  it('runs a secret command, reads a script, and checks arguments before they are sent', async () => {
    const script = write(
      'model.yaml',
      'turns:\n  - call: [{ tool: add_numbers, arguments: { number1: two, number2: 3 } }]\n' +
        '  - say: "{{result.add_numbers}}"\n',
    );
    const config = write(
      'ostler.yaml',
      `model: script:${script}\nmcpServers:\n  math:\n    url: ${server.sseUrl}\n` +
        `    headers: { Authorization: "Bearer $(echo ${TOKEN})" }\n`,
    );
    const args = ['-p', 'add', '--config', config, '--yolo', '--require-servers', 'all'];
    const { code, stdout, stderr } = await runOstler(args);
    expect(stderr).toBe('');
    expect(stdout).toContain("do not fit the tool's schema: number1 must be number");
    expect(code).toBe(0);
  });
});
