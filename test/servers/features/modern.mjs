// Every feature of 2026-07-28 in one server: node modern.mjs stdio | http PORT
import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  completable,
  createMcpHandler,
  inputRequired,
  McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { PNG, WAV } from './media.mjs';

const [transport, port] = process.argv.slice(2);
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });
const state = { grown: [], aborted: 0, running: 0, lists: 0, seen: new Set() };
/** Of HTTP, where a server lives as long as a request. */
let shared;

function createServer() {
  const server = new McpServer(
    { name: 'features', version: '2.0.0' },
    {
      instructions: 'Be kind.',
      capabilities: {
        logging: {},
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        tools: { listChanged: true },
      },
    },
  );
  registerTools(server);
  registerQuestions(server);
  registerRest(server);
  paginate(server);
  return server;
}

function registerTools(server) {
  server.registerTool(
    'echo',
    {
      title: 'Echo',
      description: 'Says it again',
      annotations: { readOnlyHint: true },
      inputSchema: z.object({ message: z.string() }),
    },
    ({ message }) => text(`Echo: ${message}`),
  );
  server.registerTool(
    'weather',
    { description: 'Structured', outputSchema: z.object({ temperature: z.number() }) },
    () => ({ content: [], structuredContent: { temperature: 33 } }),
  );
  server.registerTool('media', { description: 'An image and a sound' }, () => ({
    content: [
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'audio', data: WAV, mimeType: 'audio/wav' },
    ],
  }));
  server.registerTool('links', { description: 'A link and what it leads to' }, () => ({
    content: [
      { type: 'resource_link', uri: 'mem://note', name: 'note', mimeType: 'text/plain' },
      { type: 'resource', resource: { uri: 'mem://note', text: 'a note' } },
    ],
  }));
  server.registerTool('steps', { description: 'Tells its progress' }, async (ctx) => {
    // oxlint-disable-next-line no-underscore-dangle -- the protocol's name
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (let progress = 1; progress <= 4; progress += 1) {
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 4, message: `step ${progress}` },
      });
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    return text('done');
  });
  server.registerTool('wait', { description: 'Until it is cancelled' }, async ({ mcpReq }) => {
    state.running += 1;
    await new Promise((resolve) => {
      mcpReq.signal.addEventListener('abort', resolve, { once: true });
    });
    state.aborted += 1;
    return text('aborted');
  });
  server.registerTool('state', { description: 'What happened so far' }, () =>
    text(JSON.stringify({ ...state, seen: [...state.seen] })),
  );
  server.registerTool('say', { description: 'Logs' }, async (ctx) => {
    await ctx.mcpReq.log('debug', 'in detail');
    await ctx.mcpReq.log('error', 'it went wrong');
    return text('said');
  });
  const addGrown = (name) => server.registerTool(name, {}, () => text(name));
  server.registerTool('grow', { description: 'Has one tool more' }, () => {
    const name = `grown-${state.grown.length + 1}`;
    state.grown.push(name);
    // Over stdio this server goes on; over HTTP the next request has a new one.
    if (shared) shared.notify.toolsChanged();
    else addGrown(name);
    return text('grown');
  });
  server.registerTool('touch', { description: 'Changes the note' }, async () => {
    if (shared) shared.notify.resourceUpdated('mem://note');
    else await server.server.sendResourceUpdated({ uri: 'mem://note' });
    return text('touched');
  });
  server.registerTool(
    'region',
    {
      description: 'An argument that is a header as well',
      inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
    },
    (_, ctx) => text(ctx.http?.req?.headers.get('mcp-param-region')),
  );
  server.registerTool('environment', { description: 'A variable' }, () =>
    text(process.env['FEATURE_TOKEN']),
  );
  for (const name of state.grown) addGrown(name);
}

/** Tools that ask before they answer, by a round of their own (basic/patterns/mrtr). */
function registerQuestions(server) {
  const ask = (name, request) =>
    server.registerTool(name, { description: `Asks: ${name}` }, (ctx) => {
      const answers = ctx.mcpReq.inputResponses;
      return answers === undefined
        ? inputRequired({ inputRequests: { asked: request }, requestState: 'kept' })
        : text(JSON.stringify(answers['asked']));
    });
  ask(
    'ask-form',
    inputRequired.elicit({
      message: 'Who are you?',
      requestedSchema: {
        type: 'object',
        properties: {
          name: { type: 'string', title: 'Name' },
          colour: { type: 'string', enum: ['red', 'green'], default: 'green' },
        },
        required: ['name'],
      },
    }),
  );
  ask(
    'ask-page',
    inputRequired.elicitUrl({ message: 'Sign here', url: 'https://example.com/sign?id=1' }),
  );
  ask(
    'ask-model',
    inputRequired.createMessage({
      messages: [{ role: 'user', content: { type: 'text', text: 'What is it?' } }],
      systemPrompt: 'Be brief.',
      maxTokens: 50,
    }),
  );
  ask('ask-roots', inputRequired.listRoots());
}

function registerRest(server) {
  server.registerResource('note', 'mem://note', { mimeType: 'text/plain' }, () => ({
    contents: [{ uri: 'mem://note', text: 'a note' }],
  }));
  server.registerResource('bytes', 'mem://bytes', {}, () => ({
    contents: [{ uri: 'mem://bytes', blob: 'AAEC' }],
  }));
  server.registerResource(
    'page',
    new ResourceTemplate('mem://page/{number}', {
      list: undefined,
      complete: { number: (value) => ['1', '10', '2'].filter((one) => one.startsWith(value)) },
    }),
    {},
    (uri, { number }) => ({ contents: [{ uri: uri.href, text: `page ${number}` }] }),
  );
  const names = { Engineering: ['Alice', 'Bob'], Sales: ['David'] };
  server.registerPrompt(
    'promote',
    {
      description: 'Promotes somebody',
      argsSchema: z.object({
        department: completable(z.string(), (value) =>
          Object.keys(names).filter((one) => one.startsWith(value)),
        ),
        name: completable(z.string(), (value, context) =>
          (names[context?.arguments?.department] ?? []).filter((one) => one.startsWith(value)),
        ),
      }),
    },
    ({ department, name }) => ({
      messages: [
        { role: 'user', content: { type: 'text', text: `Promote ${name} in ${department}.` } },
      ],
    }),
  );
}

/** Three tools a page; the SDK itself gives all at once. */
function paginate(server) {
  const handlers = server.server;
  // oxlint-disable-next-line no-underscore-dangle -- the only way to wrap the list it makes
  const whole = handlers._requestHandlers.get('tools/list');
  handlers.setRequestHandler('tools/list', async (request, ctx) => {
    state.lists += 1;
    const { tools, ...rest } = await whole(request, ctx);
    const from = Number(request.params?.cursor ?? 0);
    const next = from + 3;
    return {
      ...rest,
      tools: tools.slice(from, next),
      ...(next < tools.length ? { nextCursor: String(next) } : {}),
    };
  });
}

async function answer(request, response) {
  if (request.url === '/mcp') state.seen.add(request.headers['authorization'] ?? 'none');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { status, headers, body } = await shared.fetch(
    new Request(`http://${request.headers.host}${request.url}`, {
      method: request.method,
      headers: Object.entries(request.headers),
      signal: gone.signal,
      ...(request.method === 'POST' ? { body: Readable.toWeb(request), duplex: 'half' } : {}),
    }),
  );
  response.writeHead(status, Object.fromEntries(headers));
  if (body === null) return response.end();
  return pipeline(Readable.fromWeb(body), response);
}

if (transport === 'stdio') {
  serveStdio(createServer, { legacy: 'reject' });
} else {
  shared = createMcpHandler(createServer, { legacy: 'reject' });
  http
    .createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    })
    .listen(Number(port), '127.0.0.1');
}
