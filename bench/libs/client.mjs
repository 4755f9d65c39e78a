/** The SDK's client as its read-me shows it. */
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

function transportFor({ command, args, type, url, headers }) {
  if (command) return new StdioClientTransport({ command, args, stderr: 'ignore' });
  const Transport = type === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
  return new Transport(new URL(url), { requestInit: { headers } });
}

export async function open(definition) {
  const client = new Client({ name: 'libs', version: '1' });
  await client.connect(transportFor(definition));
  return client;
}
