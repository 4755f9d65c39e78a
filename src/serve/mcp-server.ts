import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { VERSION } from '../core/version.js';
import type { SampleTool } from './tools/tool.js';

export interface McpServerOptions {
  /** Whose session it is. */
  principal: string;
  /** The session is over, from either side. */
  onClose: () => void;
}

/** Makes the MCP server of one session; two sessions share nothing but the tools. */
export type CreateMcpServer = (options: McpServerOptions) => Server;

/**
 * The low-level `Server`, because `McpServer` answers a call of an unknown tool with a result where
 * the specification asks for the error -32602, and neither waits for the handshake.
 */
export function mcpServerFactory(name: string, tools: readonly SampleTool[]): CreateMcpServer {
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]));
  return ({ principal, onClose }) => {
    const server = new Server({ name, version: VERSION }, { capabilities: { tools: {} } });
    let ready = false;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK has one callback
    server.onclose = onClose;
    server.oninitialized = () => {
      ready = true;
    };
    server.setRequestHandler(ListToolsRequestSchema, () => {
      checkReady(ready);
      return { tools: tools.map(({ definition }) => definition) };
    });
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
      checkReady(ready);
      const tool = byName.get(params.name);
      if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, 'Unknown tool');
      const { text, isError = false } = await tool.call(params.arguments ?? {}, {
        principal,
        signal,
      });
      return { content: [{ type: 'text', text }], isError };
    });
    return server;
  };
}

/** The handshake comes first (specification 2025-11-25, basic/lifecycle). */
function checkReady(ready: boolean): void {
  if (!ready) throw new McpError(ErrorCode.InvalidRequest, 'Not initialized');
}
