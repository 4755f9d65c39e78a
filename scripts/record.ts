/**
 * `npm run record`: films a real chat in a terminal and writes docs/chat.svg. The server, the
 * connection and the tool calls are real; the model's part is written down in record/script.yaml.
 * `-- --stills DIR` also writes each picture by itself.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSampleServer } from '../src/serve/server.js';
import { startPty, type Pty } from '../test/support/pty.js';
import { createCamera, type Camera } from './record/camera.js';
import { toStill, toSvg } from './record/svg.js';

const ROOT = path.resolve(import.meta.dirname, '..');
const SIZE = { columns: 88, rows: 30 };
const PROMPT = 'This is Bob. We are doing math. Help us to add 2 and 3. BTW. Say hello to him';
const TOKEN = 'a-token-for-the-recording';
/** Longer than the approval question takes no key. */
const GUARD_MS = 500;

/** What the person does, and what is waited for. */
async function play({ type, press, watch, hold, holdUntil }: Camera): Promise<void> {
  await watch('2 tools');
  hold(1200);
  await type(PROMPT);
  hold(400);
  await press('enter');
  await watch(/Allow tool call\?[^]*add_numbers/);
  await delay(GUARD_MS);
  hold(2200);
  await press('y');
  await watch(/Allow tool call\?[^]*say_hello/);
  await delay(GUARD_MS);
  hold(1500);
  await press('down');
  hold(500);
  await press('enter');
  await watch(/reduce[^]*\? help/);
  hold(2500);
  await type('/context');
  hold(800);
  await press('enter');
  await watch(/Context: .*of 8k/);
  hold(4000);
  holdUntil(5000);
}

async function openChat(home: string, url: string): Promise<Pty> {
  const servers = { math: { type: 'sse', url, headers: { Authorization: `Bearer ${TOKEN}` } } };
  const config = path.join(home, 'servers.json');
  await writeFile(config, JSON.stringify({ mcpServers: servers }));
  await copyFile(path.join(ROOT, 'scripts/record/script.yaml'), path.join(home, 'demo.yaml'));
  const flags = ['-m', 'script:demo.yaml', '--strict-mcp-config', '--mcp-config', config];
  return startPty({
    file: process.execPath,
    args: [path.join(ROOT, 'bin/ostler.cjs'), ...flags],
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      LANG: 'C.UTF-8',
    },
    ...SIZE,
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stills: { type: 'string' } } });
  const home = await mkdtemp(path.join(os.tmpdir(), 'ostler-record-'));
  const server = await startSampleServer({
    kind: 'math',
    tokens: [{ name: 'demo', token: TOKEN }],
  });
  const pty = await openChat(home, server.sseUrl);
  try {
    const camera = createCamera(pty);
    await play(camera);
    const film = { ...SIZE, title: 'ostler', moments: camera.moments() };
    await writeFile(path.join(ROOT, 'docs/chat.svg'), toSvg(film));
    if (values.stills === undefined) return;
    await mkdir(values.stills, { recursive: true });
    for (const [at, { picture }] of film.moments.entries()) {
      const name = `${String(at).padStart(4, '0')}.svg`;
      await writeFile(path.join(values.stills, name), toStill(film, picture));
    }
  } finally {
    await pty.close();
    await server.close();
    await rm(home, { recursive: true, force: true });
  }
}

await main();
