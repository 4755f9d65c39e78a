import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHttp, type HttpFixture } from './http.js';

/** What people get wrong about sessions, one by one. Without any of them it is a right server. */
export type SessionFault =
  /** Ids count up. */
  | 'counter-ids'
  /** Sessions stand on a plain object. */
  | 'object-map'
  /** An unknown or missing id means the first client. */
  | 'first-client'
  /** It tells nobody an id; together with `first-client`. */
  | 'no-ids'
  /** `/health` lists the ids. */
  | 'listed'
  /** A new session takes the id that the client names. */
  | 'chosen-ids'
  /** A closed session is not forgotten. */
  | 'immortal'
  /** `Last-Event-ID` is looked up among everybody's events. */
  | 'replay'
  /** The endpoint event repeats the token. */
  | 'token-in-endpoint'
  /** The endpoint event names another origin. */
  | 'endpoint-elsewhere'
  /** One server object for all: an answer goes to whoever came last. */
  | 'crossed'
  /** Any valid token may use any session. */
  | 'no-owner'
  /** A request with the wrong token of two is refused, and ends the stream it was meant for. */
  | 'cuts-streams'
  /** Only what opens a session asks for a token. */
  | 'open-posts'
  /** More than five streams, and nothing works. */
  | 'fragile';

export interface NaiveSessions extends HttpFixture {
  sseUrl: string;
  mcpUrl: string;
}

interface Session {
  id: string;
  owner: string | undefined;
  stream: ServerResponse | undefined;
}

interface Message {
  id?: string | number;
  method?: string;
}

type Sessions = Record<string, Session>;

/** HTTP+SSE on `/sse` and `/messages`, Streamable HTTP on `/mcp`; all events carry ids. */
export async function startNaiveSessions(
  tokens: readonly string[],
  ...faults: SessionFault[]
): Promise<NaiveSessions> {
  const has = (fault: SessionFault) => faults.includes(fault);
  const sessions = (has('object-map') ? {} : Object.create(null)) as Sessions;
  const log: { session: string; id: number; data: string }[] = [];
  const waiting = new Map<unknown, ServerResponse>();
  let count = 41;
  let events = 0;

  const open = (chosen: string | undefined, owner: string | undefined): Session => {
    count += 1;
    const made = has('counter-ids') ? String(count) : randomUUID();
    const id = has('chosen-ids') && chosen !== undefined ? chosen : made;
    return (sessions[id] = { id, owner, stream: undefined });
  };
  const find = (id: string | null | undefined, owner: string | undefined): Session | undefined => {
    const known = id === null || id === undefined ? undefined : sessions[id];
    const session = known ?? (has('first-client') ? Object.values(sessions)[0] : undefined);
    const free = has('no-owner') || has('first-client') || has('open-posts') || has('object-map');
    return session === undefined || free || session.owner === owner ? session : undefined;
  };
  const emit = (session: Session, to: ServerResponse | undefined, message: unknown) => {
    events += 1;
    const data = JSON.stringify(message);
    log.push({ session: session.id, id: events, data });
    to?.write(`event: message\nid: ${events}\ndata: ${data}\n\n`);
  };
  const replay = (request: IncomingMessage, response: ServerResponse, session: Session) => {
    const after = Number(request.headers['last-event-id'] ?? Infinity);
    for (const { id, data, session: of } of log) {
      if (id >= after && (of === session.id || has('replay'))) {
        response.write(`event: message\nid: ${id}\ndata: ${data}\n\n`);
      }
    }
  };
  const stream = (response: ServerResponse, headers: Record<string, string> = {}) =>
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).flushHeaders();
  const forget = (id: string) => has('immortal') || delete sessions[id];

  const openSse = (request: IncomingMessage, response: ServerResponse, owner?: string) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const session = open(searchParams.get('sessionId') ?? undefined, owner);
    session.stream = response;
    stream(response);
    const token = has('token-in-endpoint') ? `&access_token=${owner}` : '';
    const base = has('endpoint-elsewhere') ? 'https://mcp.test.invalid' : '';
    response.write(`event: endpoint\ndata: ${base}/messages?sessionId=${session.id}${token}\n\n`);
    replay(request, response, session);
    response.on('close', () => forget(session.id));
  };
  const postSse = async (request: IncomingMessage, response: ServerResponse, owner?: string) => {
    const ids = new URL(request.url ?? '', 'http://localhost').searchParams.getAll('sessionId');
    const missing = ids.length !== 1 || ids[0] === '';
    if (missing && !has('first-client')) return void response.writeHead(400).end();
    const session = find(ids[0], owner);
    if (session === undefined) {
      if (has('cuts-streams')) sessions[ids[0] ?? '']?.stream?.destroy();
      return void response.writeHead(404).end();
    }
    const message = await readMessage(request);
    const last = has('crossed') ? Object.values(sessions).at(-1) : undefined;
    const open = Object.values(sessions).filter((one) => one.stream?.destroyed === false).length;
    if (has('fragile') && open > 5) return void response.writeHead(500).end();
    const { stream: to } = last ?? session;
    // Fails for a session that is none, such as `Object.prototype`.
    const id = session.id.slice();
    if (message.id !== undefined) emit({ ...session, id }, to, answerTo(message));
    response.writeHead(202).end();
  };
  const postMcp = async (request: IncomingMessage, response: ServerResponse, owner?: string) => {
    const message = await readMessage(request);
    const named = request.headers['mcp-session-id'] as string | undefined;
    const isNew = message.method === 'initialize' && (named === undefined || has('chosen-ids'));
    const missing = named === undefined || named === '';
    if (missing && !isNew && !has('first-client')) return void response.writeHead(400).end();
    const session = isNew ? open(named, owner) : find(named, owner);
    if (session === undefined) return void response.writeHead(404).end();
    const id = session.id.slice();
    if (message.id === undefined) return void response.writeHead(202).end();
    if (has('crossed')) {
      waiting.get(message.id)?.destroy();
      waiting.set(message.id, response);
      await sleep(150);
    }
    const to = has('crossed') ? (waiting.get(message.id) ?? response) : response;
    if (!to.headersSent) stream(to, isNew && !has('no-ids') ? { 'mcp-session-id': id } : {});
    emit({ ...session, id }, to, answerTo(message));
    await sleep(has('crossed') ? 150 : 0);
    to.end();
  };
  const otherMcp = (request: IncomingMessage, response: ServerResponse, owner?: string) => {
    const session = find(request.headers['mcp-session-id'] as string | undefined, owner);
    if (session === undefined) return void response.writeHead(404).end();
    if (request.method === 'DELETE') {
      forget(session.id);
      return void response.writeHead(204).end();
    }
    if (request.method !== 'GET') return void response.writeHead(405).end();
    stream(response);
    replay(request, response, session);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?')[0];
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (path === '/health') {
      const ids = has('listed') ? { sessions: Object.keys(sessions) } : {};
      return void response.writeHead(200).end(JSON.stringify({ status: 'ok', ...ids }));
    }
    const isOpenPost = has('open-posts') && request.method === 'POST';
    if (!isOpenPost && (token === undefined || !tokens.includes(token))) {
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    }
    if (path === '/sse' && request.method === 'GET') return openSse(request, response, token);
    if (path === '/messages' && request.method === 'POST') {
      return postSse(request, response, token);
    }
    if (path !== '/mcp') return void response.writeHead(404).end();
    if (request.method === 'POST') return postMcp(request, response, token);
    otherMcp(request, response, token);
  };
  const fixture = await startHttp((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      response.writeHead(500).end(error instanceof Error ? error.stack : '');
    });
  });
  return { ...fixture, sseUrl: `${fixture.url}/sse`, mcpUrl: `${fixture.url}/mcp` };
}

async function readMessage(request: IncomingMessage): Promise<Message> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Message;
}

function answerTo({ id, method }: Message) {
  return { jsonrpc: '2.0', id, result: resultOf(method) };
}

function resultOf(method: string | undefined): unknown {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'naive', version: '1' },
      };
    case 'tools/list':
      return { tools: [{ name: 'add', inputSchema: { type: 'object' } }] };
    default:
      return {};
  }
}
