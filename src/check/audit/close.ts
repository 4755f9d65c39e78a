import { deadline, withSignal } from '../../core/wait.js';
import { VERSION } from '../../core/version.js';
import { sendRaw } from '../../net/raw.js';
import type { Engine, OpenedSession } from './engine.js';

const DELETE_MS = 1000;
/** For answers to requests under way that may open a session. */
const OPENING_MS = 600;

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
  const patience = deadline(OPENING_MS, 'Opening', engine.end);
  await withSignal(Promise.all(engine.opening), patience.signal).catch(() => {});
  patience.clear();
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
