import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { start } from './child.js';
import type { FakeNotes } from './types.js';

const TOKEN = 'bench-token-7f3a';

/** The fakes, each in a process of its own so that serving never disturbs the clock. */
export interface Fakes {
  ollamaUrl: string;
  remoteUrl: string;
  headers: Readonly<Record<string, string>>;
  /** What they saw since the last time. */
  take: () => Promise<FakeNotes>;
  close: () => void;
}

interface Fake {
  url: string;
  child: ChildProcess;
}

/** What a fake says next; rejects when it ends instead. */
function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('a fake ended'));
    child.once('exit', onExit);
    child.once('message', (message: T) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}

async function startFake(script: string): Promise<Fake> {
  const file = path.join(import.meta.dirname, '../servers', script);
  const child = start(process.execPath, [file], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, BENCH_TOKEN: TOKEN },
  });
  const { port } = await nextMessage<{ port: number }>(child);
  return { url: `http://127.0.0.1:${port}`, child };
}

function takeFrom<T>({ child }: Fake): Promise<T> {
  const answer = nextMessage<T>(child);
  child.send('take');
  return answer;
}

export async function startFakes(): Promise<Fakes> {
  const [ollama, remote] = await Promise.all([startFake('ollama.cjs'), startFake('remote.cjs')]);
  return {
    ollamaUrl: ollama.url,
    remoteUrl: remote.url,
    headers: { Authorization: `Bearer ${TOKEN}` },
    take: async () => {
      const { refused } = await takeFrom<{ refused: number }>(remote);
      return { ...(await takeFrom<Omit<FakeNotes, 'refused'>>(ollama)), refused };
    },
    close: () => {
      for (const { child } of [ollama, remote]) if (child.connected) child.disconnect();
    },
  };
}
