/**
 * An Ollama that takes no time. What it answers follows from the conversation: tools on offer and no
 * tool message yet → one call of `add_numbers`; a tool message → a sentence with its content;
 * the model `stream` → 20,000 chunks, 64 a write; `markdown-40` → a document of 40,000 characters, 200
 * tokens a second; `turns` → a short answer that names the prompt. Notes when, on the machine's
 * monotonic clock.
 */
const { once } = require('node:events');
const http = require('node:http');
const { setTimeout: delay } = require('node:timers/promises');
const { markdown, turnAnswer } = require('./documents.cjs');
const { now, readJson, serveParent } = require('./parent.cjs');

const CHUNKS = 20_000;
const TOKENS_A_SECOND = 200;
const TOKEN_CHARS = 4;
const CHUNKS_A_WRITE = 64;
const CREATED = '2026-11-23T04:00:00.184789Z';
const TEMPLATE =
  '{{- range $i, $_ := .Messages }}{{- $last := eq (len (slice $.Messages $i)) 1 }}' +
  '{{- if and $.Tools $last }}{{ range $.Tools }}{{ . }}{{ end }}{{ end }}{{ .Content }}' +
  '{{- range .ToolCalls }}{"name": "{{ .Function.Name }}", "parameters": {{ .Function.Arguments }}}{{ end }}{{ end }}';

/** `$last` in the template of llama3.1 hides the tools after a tool result; other models keep them. */
function show(model) {
  return {
    template: model === 'llama3.1' ? TEMPLATE : TEMPLATE.replace('and $.Tools $last', '$.Tools'),
    details: { format: 'gguf', family: 'llama', parameter_size: '8.0B' },
    model_info: { 'general.architecture': 'llama', 'llama.context_length': 131_072 },
    capabilities: ['completion', 'tools'],
    modified_at: CREATED,
  };
}

const DETAILS = { parent_model: '', format: 'gguf', family: 'llama', families: ['llama'] };
const INSTALLED = ['llama3.1', 'stream', 'turns'].map((name) => ({
  name: `${name}:latest`,
  model: `${name}:latest`,
  size: 4_920_753_328,
  digest: '46e0c10c039e',
  details: DETAILS,
}));

const DURATIONS = {
  total_duration: 182_242_375,
  load_duration: 41_295_167,
  prompt_eval_count: 169,
  prompt_eval_duration: 24_573_166,
  eval_count: 15,
  eval_duration: 115_959_084,
};

function line(model, message, rest = {}) {
  const role = { role: 'assistant' };
  const body = { model, created_at: CREATED, message: { ...role, ...message }, done: false };
  return `${JSON.stringify({ ...body, ...rest })}\n`;
}

function lastLine(model, content = '') {
  return line(model, { content }, { done: true, done_reason: 'stop', ...DURATIONS });
}

/** All writes of the long answer, made once: `word ` twenty thousand times. */
const longAnswer = Array.from({ length: Math.ceil(CHUNKS / CHUNKS_A_WRITE) }, (_, index) => {
  const count = Math.min(CHUNKS_A_WRITE, CHUNKS - index * CHUNKS_A_WRITE);
  return Buffer.from(line('stream', { content: 'word ' }).repeat(count));
});

const newNotes = () => ({ chats: [], answerAt: 0, answeredAt: 0, toolCallAt: 0 });
let notes = newNotes();

/** A token each at its time; after a late timer all that are due, so that the rate holds. */
async function writeAtSpeed(response, model, text) {
  const tokens = Math.ceil(text.length / TOKEN_CHARS);
  const startedAt = now();
  for (let sent = 0; sent < tokens && !response.destroyed;) {
    const due = Math.min(tokens, 1 + Math.floor(((now() - startedAt) * TOKENS_A_SECOND) / 1000));
    for (; sent < due; sent += 1) {
      const content = text.slice(sent * TOKEN_CHARS, (sent + 1) * TOKEN_CHARS);
      response.write(line(model, { content }));
    }
    await delay(1000 / TOKENS_A_SECOND);
  }
  notes.answeredAt = now();
  response.end(lastLine(model));
}

async function writeLongAnswer(response) {
  for (const piece of longAnswer) {
    if (response.write(piece)) continue;
    // A client that went away leaves this waiting for nothing: the response is garbage then.
    await once(response, 'drain');
  }
  response.end(lastLine('stream'));
}

function writeToolCall(response, model, tool) {
  const call = { name: tool.function.name, arguments: { number1: 2, number2: 3 } };
  const message = {
    content: '',
    tool_calls: [{ id: 'call_k3v9x0ab', function: { index: 0, ...call } }],
  };
  notes.toolCallAt = now();
  response.end(line(model, message) + lastLine(model));
}

async function chat(request, response) {
  const startedAt = now();
  const { model, messages, tools = [] } = await readJson(request);
  notes.chats.push({ startedAt, at: now(), tools: tools.length, messages: messages.length });
  response.setHeader('content-type', 'application/x-ndjson');
  if (model === 'stream') {
    notes.answerAt = now();
    return writeLongAnswer(response);
  }
  const [, size] = /^markdown-(\d+)$/.exec(model) ?? [];
  if (size) {
    notes.answerAt = now();
    return writeAtSpeed(response, model, markdown(size * 1000));
  }
  if (model === 'turns') {
    notes.answerAt = now();
    const content = turnAnswer(messages.findLast(({ role }) => role === 'user').content);
    response.end(line(model, { content }) + lastLine(model));
    notes.answeredAt = now();
    return undefined;
  }
  const result = messages.findLast((message) => message.role === 'tool');
  const tool = tools.find((candidate) => candidate.function.name.endsWith('add_numbers'));
  if (!result && tool) return writeToolCall(response, model, tool);
  notes.answerAt = now();
  const content = result ? `The sum is ${result.content.trim()}.` : 'There is no tool.';
  response.end(line(model, { content }) + lastLine(model));
}

function sendJson(response, body) {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

async function handle(request, response) {
  const path = request.url;
  if (path === '/api/chat') return chat(request, response);
  if (path === '/api/show') return sendJson(response, show((await readJson(request)).model));
  if (path === '/api/tags') return sendJson(response, { models: INSTALLED });
  if (path === '/api/ps') return sendJson(response, { models: [] });
  if (path === '/api/version') return sendJson(response, { version: '0.34.1' });
  if (path === '/') return void response.end('Ollama is running');
  response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
}

const server = http.createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});
serveParent(server, () => {
  const taken = notes;
  notes = newNotes();
  return taken;
});
