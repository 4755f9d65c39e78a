import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerDefinition } from '../../src/config/types.js';
import { OstlerError } from '../../src/core/errors.js';
import type { JsonObject } from '../../src/core/json.js';
import type { Connection, ServerNotice } from '../../src/mcp/types.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { local, remote } from '../servers/definitions.js';
import { EVERYTHING, startEverything, type PeerFixture } from '../servers/peers.js';
import { endKept, kept } from '../support/kept.js';
import { answering, silent, type AskedPorts, type PortAnswers } from '../support/ports.js';

/** What server-everything asks of its host, over every transport. */
let sse: PeerFixture;
let http: PeerFixture;
let folder: string;
const never = new AbortController().signal;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ostler-roots-'));
  [sse, http] = await Promise.all([startEverything('sse'), startEverything('streamableHttp')]);
}, 60_000);
afterEach(endKept);
afterAll(async () => {
  await Promise.all([sse?.close(), http?.close(), rm(folder, { recursive: true })]);
});

const definitions: Record<string, () => ServerDefinition> = {
  stdio: () => local(process.execPath, [EVERYTHING, 'stdio'], { id: 'everything' }),
  sse: () => remote(`${sse.url}/sse`, { id: 'everything' }),
  http: () => remote(`${http.url}/mcp`, { id: 'everything' }),
};

interface Host {
  connection: Connection;
  ports: AskedPorts;
  warnings: string[];
  call: (tool: string, args?: JsonObject) => Promise<string>;
}

async function host(definition: ServerDefinition, answers?: PortAnswers): Promise<Host> {
  const ports = answering(answers);
  const warnings: string[] = [];
  const connection = await kept(
    open(definition, { dial: { ports }, onWarning: (message) => warnings.push(message) }),
  );
  return {
    connection,
    ports,
    warnings,
    call: async (tool, args = {}) => textOf(await connection.call(tool, args, quiet)),
  };
}

describe.each(Object.entries(definitions))('over %s', (_, definition) => {
  it('lets the model answer', async () => {
    const { call, ports } = await host(definition());
    const answer = await call('trigger-sampling-request', { prompt: 'Hi', maxTokens: 1_000_000 });
    expect(answer).toContain('"text": "Hello."');
    expect(ports.sampled).toEqual([
      expect.objectContaining({
        server: 'everything',
        maxTokens: 1_000_000,
        systemPrompt: 'You are a helpful test server.',
        toolChoice: 'auto',
        messages: [
          { role: 'user', content: [{ type: 'text', text: expect.stringContaining('Hi') }] },
        ],
      }),
    ]);
  });

  it('says no for a person who says no', async () => {
    const deny = () => Promise.reject(new OstlerError('denied', 'The file /home/ada says no.'));
    const { call } = await host(definition(), { sample: deny });
    const answer = await call('trigger-sampling-request', { prompt: 'Hi' });
    expect(answer).toContain('User rejected sampling request');
    expect(answer).not.toContain('ada');
  });

  it('asks a person to fill in a form, its defaults in it', async () => {
    const content = { name: 'Ada', integer: 7, untitledMultipleSelectEnum: ['Piano', 'Bass'] };
    const { call, ports } = await host(definition(), {
      elicit: () => Promise.resolve({ action: 'accept', content }),
    });
    const answer = await call('trigger-elicitation-request');
    expect(answer).toContain('"name": "Ada"');
    expect(answer).not.toContain('dark and stormy');
    const [request] = ports.elicited;
    if (request?.mode !== 'form') throw new Error('no form');
    expect(request.fields).toContainEqual({
      name: 'integer',
      kind: 'number',
      integer: true,
      title: 'Integer',
      description: expect.any(String),
      required: false,
      minimum: 1,
      maximum: 100,
      default: 42,
    });
    expect(request.fields.map(({ kind }) => kind)).toContain('choices');
  });

  it('does not accept a form as it is that wants more than its defaults', async () => {
    const { call } = await host(definition(), {
      elicit: () => Promise.resolve({ action: 'accept' }),
    });
    expect(await call('trigger-elicitation-request')).toContain('name is required');
  });

  it('never sends what does not fit the form', async () => {
    const { call, warnings } = await host(definition(), {
      elicit: () => Promise.resolve({ action: 'accept', content: { name: 'Ada', integer: 101 } }),
    });
    const answer = await call('trigger-elicitation-request');
    expect(answer).toContain('integer must be at most 100');
    expect(answer).not.toContain('101');
    expect(warnings).toEqual([expect.stringContaining('everything: not answered: The answer')]);
  });

  it('has a page opened, and calls again after a refusal that wants one', async () => {
    const { call, ports } = await host(definition());
    const url = 'https://example.com/login?a=b';
    expect(await call('trigger-url-elicitation', { url })).toContain('completed');
    expect(ports.elicited).toEqual([
      expect.objectContaining({ mode: 'url', url, host: 'example.com' }),
    ]);
    const again = await call('trigger-url-elicitation', { url, errorPath: true });
    expect(again).toContain('completed');
    expect(ports.elicited.map((asked) => asked.mode === 'url' && asked.host)).toEqual([
      'example.com',
      'modelcontextprotocol.io',
      'example.com',
    ]);
  });

  it('does not call again when the page is not opened', async () => {
    const { call, ports } = await host(definition(), {
      elicit: () => Promise.resolve({ action: 'decline' }),
    });
    const url = 'https://example.com/declined';
    const answer = await call('trigger-url-elicitation', { url, errorPath: true });
    expect(answer).toContain('the page was not opened');
    expect(ports.elicited).toHaveLength(1);
  });

  it.each(['http://example.com/', 'javascript:alert(1)', 'https://a@example.com/', 'file:///etc'])(
    'refuses to open %s',
    async (url) => {
      const { call, ports, warnings } = await host(definition());
      expect(await call('trigger-url-elicitation', { url })).toContain('url must be https');
      expect(ports.elicited).toEqual([]);
      expect(warnings).toEqual([expect.stringContaining('everything')]);
    },
  );

  it('tells folders that are there, and that they are others', async () => {
    const uri = pathToFileURL(folder).href;
    const gone = pathToFileURL(path.join(folder, 'gone')).href;
    const { call, ports, connection } = await host(definition(), {
      roots: [{ uri, name: 'work' }, { uri: gone }, { uri: 'https://example.com/' }],
    });
    await expect.poll(() => call('get-roots-list'), { timeout: 10_000 }).toContain(uri);
    expect(await call('get-roots-list')).not.toMatch(/gone|example\.com/);
    const before = ports.listed();
    ports.setRoots([{ uri: pathToFileURL(tmpdir()).href, name: 'others' }]);
    await expect.poll(() => ports.listed(), { timeout: 10_000 }).toBeGreaterThan(before);
    await connection.close();
    const after = ports.listed();
    ports.setRoots([]);
    expect(ports.listed()).toBe(after);
  });

  it('stops a question with the call that asks, and the clock while somebody answers', async () => {
    let ended = false;
    const { connection, ports } = await host(
      { ...definition(), callTimeoutMs: 1000 },
      {
        elicit: (request, signal) => {
          signal.addEventListener('abort', () => {
            ended = true;
          });
          return silent(request, signal);
        },
      },
    );
    const abort = new AbortController();
    const call = connection.call('trigger-elicitation-request', {}, { signal: abort.signal });
    const failure = failureOf(call);
    await expect.poll(() => ports.open.now, { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => {
      setTimeout(resolve, 1500);
    });
    expect(ended).toBe(false);
    abort.abort(new OstlerError('interrupted', 'enough'));
    expect((await failure).code).toBe('interrupted');
    await expect.poll(() => ports.open.now).toBe(0);
    expect(ended).toBe(true);
    expect(textOf(await connection.call('echo', { message: 'still' }, quiet))).toContain('still');
  });

  it('ends the questions with the connection', async () => {
    const { connection, ports } = await host(definition(), { sample: silent });
    const call = connection.call('trigger-sampling-request', { prompt: 'Hi' }, quiet);
    const failure = failureOf(call);
    await expect.poll(() => ports.open.now, { timeout: 10_000 }).toBe(1);
    await connection.close();
    await failure;
    await expect.poll(() => ports.open.now).toBe(0);
  });

  it('logs from a level, tells of a resource, completes', async () => {
    const { connection, call } = await host({ ...definition(), logLevel: 'debug' });
    const notices: ServerNotice[] = [];
    connection.onNotice((notice) => notices.push(notice));
    const [resource] = await connection.listResources(never);
    if (resource === undefined) throw new Error('no resource');
    expect(connection.info.offers.subscriptions).toBe(true);
    await connection.subscribe(resource.uri, never);
    await connection.subscribe(resource.uri, never);
    await call('toggle-subscriber-updates');
    const updated = { type: 'resource-updated', uri: resource.uri };
    await expect.poll(() => notices, { timeout: 15_000 }).toContainEqual(updated);
    await connection.unsubscribe(resource.uri, never);
    await call('toggle-simulated-logging');
    const logs = () => notices.filter(({ type }) => type === 'log');
    await expect.poll(() => logs().length, { timeout: 30_000 }).toBeGreaterThan(0);
    await connection.setLogLevel('emergency', never);
    const template = (await connection.listResources(never)).find((one) => one.template);
    const ref = { resource: template?.uri ?? '' };
    const query = { ref, argument: 'resourceId', value: '1', context: {} };
    expect(await connection.complete(query, never)).toContain('1');
  }, 60_000);
});

describe('a host without anybody', () => {
  it('declares nothing, and is offered less', async () => {
    const connection = await kept(open(local(process.execPath, [EVERYTHING, 'stdio'])));
    const names = connection.tools.map(({ name }) => name);
    expect(names).toContain('echo');
    expect(names).not.toContain('trigger-sampling-request');
  });

  it('cancels what it fails to ask, and tells why', async () => {
    const broken = () => Promise.reject(new Error('no terminal at /dev/tty7'));
    const { call, warnings } = await host(definitions['stdio']?.() as ServerDefinition, {
      elicit: broken,
      sample: broken,
    });
    expect(await call('trigger-elicitation-request')).toMatch(/cancel/i);
    expect(await call('trigger-sampling-request', { prompt: 'Hi' })).toContain('gave no answer');
    expect(warnings).toEqual([
      'everything: not answered: no terminal at /dev/tty7',
      'everything: not answered: no terminal at /dev/tty7',
    ]);
  });
});
