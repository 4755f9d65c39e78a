import { VERSION } from '../../core/version.js';
import { sendRaw } from '../../net/raw.js';
import type { Engine, OpenedSession } from './engine.js';

const DELETE_MS = 1000;

/** Ends one session with the credential that opened it, once. Not counted, and nothing it may fail with matters. */
export async function endSession(engine: Engine, id: string | undefined): Promise<void> {
  const session = id === undefined ? undefined : engine.opened.get(id);
  if (session === undefined) return;
  engine.opened.delete(session.id);
  await sendDelete(engine, session).catch(() => {});
}

/** Closes everything that was opened; takes about a second at most. */
export async function closeAll(engine: Engine): Promise<void> {
  for (const close of engine.streams) close();
  engine.streams.clear();
  await Promise.allSettled(engine.opening);
  await Promise.all([...engine.opened.keys()].map((id) => endSession(engine, id)));
}

async function sendDelete({ url, server, end }: Engine, session: OpenedSession): Promise<void> {
  await sendRaw(
    {
      origin: new URL(url.origin),
      method: 'DELETE',
      path: session.path,
      headers: [
        ['User-Agent', `ostler/${VERSION} (check)`],
        ...session.as.headers,
        ['Mcp-Session-Id', session.id],
      ],
      ca: server.ca,
      insecure: server.insecure,
    },
    { signal: end, timeoutMs: DELETE_MS, maxBytes: 1024 },
  );
}
