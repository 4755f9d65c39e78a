import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startModern } from '../servers/modern.js';
import { createBin, createHome } from '../support/oauth.js';
import { runOstler } from '../support/ostler.js';

const bin = createBin();
afterEach(() => bin.empty());

it('a short run remembers the era of a server, and leaves nothing half-written', async () => {
  const home = bin.keep(await createHome());
  const server = bin.keep(await startModern());
  const env = { OSTLER_HOME: home.dir };
  for (let run = 0; run < 2; run += 1) {
    const { code, stderr } = await runOstler(['tools', server.mcpUrl], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }
  const files = await readdir(path.join(home.dir, 'cache'));
  expect(files.filter((name) => name.startsWith('eras'))).toEqual(['eras.json']);
}, 60_000);
