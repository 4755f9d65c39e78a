import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/core/errors.js';
import { forgetSecrets, registerSecret } from '../../src/core/redact.js';
import { deadline } from '../../src/core/wait.js';
import { createOllamaModel } from '../../src/model/ollama.js';
import type { ChatRequest } from '../../src/model/types.js';
import {
  startFakeOllama,
  type FakeOllama,
  type FakeOllamaOptions,
  type RawResponse,
} from '../fakes/ollama/index.js';
import { modelSettings } from '../fakes/ollama/settings.js';

const never = new AbortController().signal;
const ask: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], tools: [] };
const tool = { name: 'a', description: 'd', parameters: { type: 'object' } };

let fake: FakeOllama;
const closing: (() => Promise<void>)[] = [];

async function start(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  fake = await startFakeOllama(options);
  closing.push(fake.close);
  return fake;
}

afterEach(async () => {
  forgetSecrets();
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function chat(settings = modelSettings(fake.url), request = ask, signal = never) {
  for await (const chunk of createOllamaModel(settings).chat(request, signal)) void chunk;
}

async function failureOf(work: Promise<unknown>): Promise<OstlerError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OstlerError);
  return error as OstlerError;
}

async function refusal(refuse: RawResponse): Promise<OstlerError> {
  await start();
  fake.script({ refuse });
  return failureOf(chat());
}

describe('not there', () => {
  it('tells that nothing listens, and how to start it', async () => {
    await start();
    const settings = modelSettings(fake.url);
    await fake.close();
    const model = createOllamaModel(settings);
    for (const work of [() => chat(settings), () => model.describe(never)]) {
      const error = await failureOf(work());
      expect(error.code).toBe('model_unreachable');
      expect(error.exitCode).toBe(4);
      expect(error.message).toBe(
        `Ollama is not reachable at ${fake.url}: nothing listens there (ECONNREFUSED).`,
      );
      expect(error.hint).toContain('ollama serve');
      expect(error.hint).toContain('OLLAMA_HOST');
    }
    expect((await failureOf(model.describe(never))).code).toBe('model_unreachable');
  });

  it('tells a host name that does not exist', async () => {
    const error = await failureOf(chat(modelSettings('http://no-such-host.invalid:11434')));
    expect(error.code).toBe('model_unreachable');
  });

  it('tells a server that hangs up, and one that speaks no HTTP', async () => {
    const hangUp = await listen((socket) => socket.destroy());
    expect((await failureOf(chat(modelSettings(hangUp)))).code).toBe('model_broke_off');
    const noHttp = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect((await failureOf(chat(modelSettings(noHttp)))).code).toBe('model_unreachable');
  });

  it("keeps the caller's time limit apart from a host that is gone", async () => {
    const silent = await listen(() => {});
    const limit = deadline(100, 'The prompt', never);
    const error = await failureOf(chat(modelSettings(silent), ask, limit.signal));
    expect(error.code).toBe('timeout');
    expect(error.message).toContain('The prompt took longer');
  });

  it('trusts the given authority only', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    await start({ tls: { key, cert } });
    expect((await failureOf(chat())).code).toBe('tls_error');
    await chat(modelSettings(fake.url, { ca: cert }));
    await chat(modelSettings(fake.url, { insecure: true }));
    expect(fake.chats).toHaveLength(2);
  });
});

async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what Ollama refuses by itself', () => {
  it('names what is installed and the nearest when a model is missing', async () => {
    await start();
    const error = await failureOf(chat(modelSettings(fake.url, { name: 'lama3.1' })));
    expect(error.code).toBe('model_missing');
    expect(error.exitCode).toBe(10);
    expect(error.message).toBe(
      `The model lama3.1 is not installed at ${fake.url}. Installed: llama3.1:latest, qwen3:4b, gemma3:latest.`,
    );
    expect(error.hint).toContain('Did you mean llama3.1:latest?');
    expect(error.hint).toContain('`ollama pull lama3.1`');
    expect(error.hint).toContain('`ostler models pull lama3.1`');
  });

  it('does so on describing as well, and without a list when there is none', async () => {
    await start({ models: [] });
    const model = createOllamaModel(modelSettings(fake.url));
    const error = await failureOf(model.describe(never));
    expect(error.code).toBe('model_missing');
    expect(error.message).toBe(`The model llama3.1 is not installed at ${fake.url}.`);
  });

  it('names installed models that have tools', async () => {
    await start();
    const settings = modelSettings(fake.url, { name: 'gemma3' });
    const error = await failureOf(chat(settings, { ...ask, tools: [tool] }));
    expect(error.code).toBe('model_no_tools');
    expect(error.message).toBe('gemma3 cannot call tools.');
    expect(error.hint).toContain('llama3.1:latest, qwen3:4b');
  });

  it('tells thinking that the model cannot', async () => {
    await start();
    const error = await failureOf(chat(modelSettings(fake.url, { think: 'high' })));
    expect(error.code).toBe('model_no_thinking');
    await chat(modelSettings(fake.url, { think: 'off' }));
  });

  it.each([
    ['go', 'it exceeds the context window', '--num-ctx 8192'],
    ['llama-server', /^\d{4} tokens, and the context window holds 2048$/, '--num-ctx 8192'],
  ] as const)('tells a prompt that is too long (%s)', async (engine, sizes, hint) => {
    await start({ engine });
    const long = { ...ask, messages: [{ role: 'user' as const, content: 'word '.repeat(3000) }] };
    const error = await failureOf(chat(modelSettings(fake.url, { numCtx: 2048 }), long));
    expect(error.code).toBe('model_context');
    expect(/too long for the model: (.*)\.$/.exec(error.message)?.[1]).toMatch(sizes);
    expect(error.hint).toContain(hint);
  });

  it('tells a full queue', async () => {
    await start({ maxQueue: 1 });
    fake.script({ startMs: 10_000 });
    const controller = new AbortController();
    const first = failureOf(chat(undefined, ask, controller.signal));
    await expect.poll(() => fake.chats.length).toBe(1);
    const error = await failureOf(chat());
    controller.abort();
    await first;
    expect(error.code).toBe('model_busy');
    expect(error.status).toBe(503);
  });

  it('tells an option of the wrong type', async () => {
    await start();
    const error = await failureOf(chat(modelSettings(fake.url, { options: { num_predict: 'x' } })));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain('option "num_predict" must be of type integer');
  });

  it('tells a host name Ollama does not answer to', async () => {
    await start();
    const settings = modelSettings(fake.url, { headers: [['Host', 'ollama.example.com']] });
    const error = await failureOf(chat(settings));
    expect(error).toMatchObject({ code: 'model_unreachable', status: 403 });
    expect(error.message).toContain('refuses this host name');
    await chat(modelSettings(fake.url, { headers: [['Host', 'localhost:11434']] }));
  });
});

const page = (status: number): RawResponse => ({ status, body: '<html><title>nginx' });
const plain = (status: number, body: string): RawResponse => ({
  status,
  contentType: 'text/plain',
  body,
});
const says = (status: number, error: string): RawResponse => ({ status, body: { error } });
const signin = (url: string) =>
  refusal({ status: 401, body: { error: 'unauthorized', signin_url: url } });

describe('what stands in front of it, and what it passes on', () => {
  it("shows the cloud's sign-in page only when it is https", async () => {
    const good = await signin('https://ollama.com/connect?name=a');
    expect(good.code).toBe('model_signin');
    expect(good.hint).toBe('Run `ollama signin`, or open https://ollama.com/connect?name=a.');
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'http://ollama.com', 'x']) {
      expect((await signin(url)).hint).toBe('Run `ollama signin`.');
    }
    expect((await signin('https://x/\u001b]52;c;YQ\u0007')).hint).not.toContain('\u001b');
  });

  it('tells credentials that a proxy wants', async () => {
    await start({ requireHeader: ['Authorization', 'Bearer right-token'] });
    const none = await failureOf(chat());
    expect(none).toMatchObject({ code: 'auth_required', status: 401, exitCode: 3 });
    const headers = [['Authorization', 'Bearer wrong-token']] as const;
    const wrong = await failureOf(chat(modelSettings(fake.url, { headers })));
    expect(wrong.code).toBe('auth_rejected');
    await chat(modelSettings(fake.url, { headers: [['Authorization', 'Bearer right-token']] }));
  });

  it.each<[string, RawResponse, string, RegExp]>([
    [
      'a server without the route',
      plain(404, '404 page not found'),
      'model_failed',
      /has no Ollama API/,
    ],
    [
      'a server without the method',
      plain(405, '405 method not allowed'),
      'model_failed',
      /has no Ollama API/,
    ],
    ["a proxy's 502 page", page(502), 'model_failed', /answered with a web page \(HTTP 502\)/],
    ['a page with 200', page(200), 'model_failed', /answered with a web page/],
    ['an empty 500', { status: 500 }, 'model_failed', /HTTP 500/],
    [
      'the model missing in the scheduler',
      says(404, 'model "x" not found, try pulling it first'),
      'model_missing',
      /not installed/,
    ],
    ['no chat model', says(400, '"x" does not support chat'), 'model_failed', /not a chat model/],
    [
      'a request it cannot read',
      says(400, 'json: cannot unmarshal array into Go'),
      'model_failed',
      /HTTP 400.*cannot unmarshal/,
    ],
    ['too many requests', says(429, 'rate limited'), 'model_busy', /429/],
    ['an unreachable cloud', says(502, 'cloud unreachable'), 'model_unreachable', /502/],
    ['a cancelled request', says(499, 'request canceled'), 'model_broke_off', /499/],
    [
      'too little memory',
      says(500, 'model requires more system memory (5.6 GiB) than is available (3.0 GiB)'),
      'model_failed',
      /does not fit into memory.*5\.6 GiB/,
    ],
    [
      'no memory on the card',
      says(500, 'cudaMalloc failed: out of memory'),
      'model_failed',
      /does not fit into memory/,
    ],
    [
      'a crashed runner',
      says(500, 'model runner has unexpectedly stopped, this may be due to resource limitations'),
      'model_failed',
      /crashed/,
    ],
    [
      'a broken template',
      says(500, 'template: :3:12: executing "" at <.Foo>: error'),
      'model_failed',
      /chat template/,
    ],
    [
      'a tool call it could not read',
      says(500, 'failed to parse JSON: unexpected end'),
      'model_failed',
      /could not read/,
    ],
    [
      'cloud models switched off',
      says(403, 'ollama cloud is disabled'),
      'model_failed',
      /cloud is disabled/,
    ],
    [
      "an OpenAI server's error",
      { status: 400, body: { error: { message: 'no such thing' } } },
      'model_failed',
      /no such thing/,
    ],
  ])('%s', async (_, refuse, code, message) => {
    const error = await refusal(refuse);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  it("cuts, redacts and defuses the server's text", async () => {
    registerSecret('hunter2-hunter2');
    const error = await refusal({
      status: 500,
      body: { error: `key hunter2-hunter2 \u001b]0;owned\u0007 ${'x'.repeat(100_000)}` },
    });
    expect(error.message).toContain('key [REDACTED] \\x1b]0;owned\\x07');
    expect(error.message.length).toBeLessThan(500);
  });

  it('defuses names of installed models', async () => {
    const odd = { status: 200, body: { models: [{ name: '\u001b[2Jllama' }, 5, { name: null }] } };
    await start({ intercept: ({ path }) => (path === '/api/tags' ? odd : undefined) });
    const error = await failureOf(chat(modelSettings(fake.url, { name: 'nope' })));
    expect(error.message).toContain('Installed: \\x1b[2Jllama');
  });

  it('takes no redirect to another origin', async () => {
    const away = { status: 307, headers: { location: 'http://127.0.0.2:1/api/chat' } };
    await start({ intercept: () => away });
    expect((await failureOf(chat())).code).toBe('cross_origin_redirect');
  });
});
