/** One HTTP exchange of the fake: its record, and ways to answer that a host must survive. */
import type { ServerResponse } from 'node:http';
import type { RawResponse, Turn } from './types.js';

/** Resolves after `ms`, or at once when the client has gone; tells which. */
export function pause(response: ServerResponse, ms: number): Promise<'time' | 'gone'> {
  if (response.closed || response.destroyed) return Promise.resolve('gone');
  return new Promise((resolve) => {
    const finish = (how: 'time' | 'gone') => {
      clearTimeout(timer);
      response.off('close', gone);
      resolve(how);
    };
    const gone = () => finish('gone');
    const timer = setTimeout(finish, ms, 'time');
    response.once('close', gone);
  });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

export function sendRaw(response: ServerResponse, raw: RawResponse): void {
  const json = typeof raw.body === 'object';
  response.writeHead(raw.status, {
    ...(raw.body === undefined
      ? {}
      : {
          'content-type':
            raw.contentType ?? (json ? 'application/json; charset=utf-8' : 'text/html'),
        }),
    ...raw.headers,
  });
  response.end(typeof raw.body === 'object' ? JSON.stringify(raw.body) : raw.body);
}

/** Writes the lines as the turn says; headers go out with the first byte only, as Ollama does it. */
export async function streamLines(
  response: ServerResponse,
  lines: readonly string[],
  turn: Turn,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const piece of cut(lines, turn)) {
    if (response.closed || response.destroyed) return;
    const ready = response.write(piece);
    if (turn.writeMs !== undefined || turn.bytesPerWrite !== undefined) {
      if ((await pause(response, turn.writeMs ?? 0)) === 'gone') return;
    } else if (!ready) await drained(response);
  }
  await finish(response, turn);
}

function* cut(lines: readonly string[], turn: Turn): Generator<string | Buffer> {
  if (turn.bytesPerWrite !== undefined) {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
    for (let at = 0; at < bytes.length; at += turn.bytesPerWrite) {
      yield bytes.subarray(at, at + turn.bytesPerWrite);
    }
    return;
  }
  const size = turn.linesPerWrite ?? 1;
  for (let at = 0; at < lines.length; at += size) {
    yield `${lines.slice(at, at + size).join('\n')}\n`;
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

async function finish(response: ServerResponse, turn: Turn): Promise<void> {
  const end = turn.end ?? 'done';
  if (end === 'silence') {
    await pause(response, 2 ** 30);
    return;
  }
  if (end === 'half-line') response.write('{"model":"m","message":{"role":"assist');
  if (end === 'reset' || end === 'half-line') {
    // What was written must arrive before the reset does.
    await pause(response, 50);
    response.socket?.resetAndDestroy();
    return;
  }
  response.end();
}
