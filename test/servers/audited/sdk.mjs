// The v1 SDK's own pattern, as its examples have it: Express, requireBearerAuth, one map of transports.
// `APP=mcp` makes the app with createMcpExpressApp, which checks Host and parses JSON before all else.
/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 catches what they throw, and the examples write it so */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { createTools, principalOf, tellWhenReady } from './tools.mjs';

const sdk = fileURLToPath(import.meta.resolve('@modelcontextprotocol/sdk/server/express.js'));
const express = createRequire(sdk)('express');

const HOUR = 3600;
const auth = requireBearerAuth({
  verifier: {
    async verifyAccessToken(token) {
      const isExpired = token === process.env.EXPIRED_TOKEN;
      const clientId = isExpired ? 'alice' : principalOf(token);
      if (clientId === undefined) throw new InvalidTokenError('Unknown token');
      const expiresAt = Math.floor(Date.now() / 1000) + (isExpired ? -HOUR : HOUR);
      return { token, clientId, scopes: [], expiresAt };
    },
  },
});

const app = process.env.APP === 'mcp' ? createMcpExpressApp() : express();
const transports = {};

app.get('/sse', auth, async (req, res) => {
  const transport = new SSEServerTransport('/messages', res);
  transports[transport.sessionId] = transport;
  res.on('close', () => {
    delete transports[transport.sessionId];
  });
  await createTools().connect(transport);
});

app.post('/messages', auth, async (req, res) => {
  const transport = transports[req.query.sessionId];
  if (transport) await transport.handlePostMessage(req, res, req.body);
  else res.status(400).send('No transport found for sessionId');
});

const json = process.env.APP === 'mcp' ? [] : [express.json()];
app.post('/mcp', auth, ...json, async (req, res) => {
  const sessionId = req.headers['mcp-session-id'];
  if (sessionId && transports[sessionId]) {
    await transports[sessionId].handleRequest(req, res, req.body);
  } else if (!sessionId && isInitializeRequest(req.body)) {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        transports[id] = transport;
      },
    });
    transport.onclose = () => {
      if (transport.sessionId) delete transports[transport.sessionId];
    };
    await createTools().connect(transport);
    await transport.handleRequest(req, res, req.body);
  } else if (sessionId) {
    const error = { code: -32001, message: 'Session not found' };
    res.status(404).json({ jsonrpc: '2.0', error, id: null });
  } else {
    const error = { code: -32000, message: 'Bad Request: No valid session ID provided' };
    res.status(400).json({ jsonrpc: '2.0', error, id: null });
  }
});

const handleSession = async (req, res) => {
  const transport = transports[req.headers['mcp-session-id']];
  if (transport) await transport.handleRequest(req, res);
  else res.status(400).send('Invalid or missing session ID');
};
app.get('/mcp', auth, handleSession);
app.delete('/mcp', auth, handleSession);

tellWhenReady(app.listen(0, '127.0.0.1'));
