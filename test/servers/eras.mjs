// A stdio server written by hand that writes down what happens to it: node eras.mjs LOG MODE
// MODE is read anew at every start when it is a file: what it holds can change between starts.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [log, given = 'legacy'] = process.argv.slice(2);
const mode = existsSync(given) ? readFileSync(given, 'utf8').trim() : given;
const MODERN = '2026-07-28';
const note = (what) => appendFileSync(log, `${what}\n`);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const refuse = (id, code, message, data) => send({ id, error: { code, message, data } });
let greeted = false;

const tools = [{ name: 'echo', inputSchema: { type: 'object' } }];
const hint = { ttlMs: 0, cacheScope: 'private', resultType: 'complete' };

function answerModern({ id, method, params }) {
  if (method === 'server/discover') {
    const capabilities = { tools: {} };
    return send({ id, result: { ...hint, supportedVersions: [MODERN], capabilities } });
  }
  if (method === 'tools/list') return send({ id, result: { ...hint, tools } });
  if (method === 'tools/call') {
    if (params.arguments?.hang) return undefined;
    const content = [{ type: 'text', text: 'modern' }];
    return send({ id, result: { resultType: 'complete', content } });
  }
  const data = { supported: [MODERN], requested: '2025-11-25' };
  refuse(id, method === 'initialize' ? -32_022 : -32_601, 'Unsupported', data);
}

function answerLegacy({ id, method, params }) {
  if (method === 'initialize') {
    if (mode === 'old' && params.protocolVersion !== '2024-11-05') {
      return refuse(id, -32_602, 'Unsupported protocol version', { supported: ['2024-11-05'] });
    }
    greeted = true;
    return send({
      id,
      result: {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'eras', version: '1' },
      },
    });
  }
  if (!greeted) {
    if (mode === 'dies') process.exit(1);
    if (mode === 'silent') return undefined;
    return refuse(id, mode === 'odd' ? -32_602 : -32_601, 'Not now');
  }
  if (method === 'tools/list') return send({ id, result: { tools } });
  if (method === 'tools/call') {
    if (params.arguments?.hang) return undefined;
    return send({ id, result: { content: [{ type: 'text', text: 'legacy' }] } });
  }
  refuse(id, -32_601, 'Method not found');
}

note('start');
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  note(message.method ?? 'answer');
  if (message.id === undefined) return;
  if (mode === 'modern') answerModern(message);
  else answerLegacy(message);
});
