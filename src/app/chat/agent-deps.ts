import type { AgentDeps } from '../../agent/types.js';
import { now } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import type { Connection, RegisteredTool, ToolRegistry } from '../../mcp/types.js';
import type { Model, ModelInfo, ModelUsage } from '../../model/types.js';
import { createImageStore } from './image-store.js';
import type { ChatParts } from './parts.js';

const NO_TOOLS: ToolRegistry = {
  tools: [],
  resolve: () => undefined,
  nearest: () => undefined,
};

/** What the loop gets for one prompt. Servers and tools are looked up when they are used. */
export function createDeps(parts: ChatParts, model: Model, info: ModelInfo): AgentDeps {
  const { settings, options, servers, tools, desk, asks, work } = parts;
  const numCtx = parts.model.fixedNumCtx();
  return {
    model: metered(model, ({ promptTokens, outputTokens }) => {
      work.stats.inputTokens += promptTokens;
      work.stats.outputTokens += outputTokens;
    }),
    tools: () => (info.tools ? tools.offered() : NO_TOOLS),
    async call(tool, args, call) {
      const connection = connectionOf(parts, tool);
      const started = now();
      const result = await asks.calls.track(tool.server, call.id, () =>
        connection.call(tool.name, args, call),
      );
      servers.pool.latency(tool.server, Math.round(now() - started));
      return result;
    },
    approve: desk.approve,
    keepImages: createImageStore(options.imagesDir),
    maxTurns: settings.maxTurns,
    ...(numCtx === undefined ? {} : { numCtx }),
  };
}

function connectionOf({ servers }: ChatParts, { server }: RegisteredTool): Connection {
  const connection = servers.pool.connection(server);
  if (connection !== undefined) return connection;
  throw new OstlerError('server_unreachable', `${server} is not connected.`, { server });
}

/** The model, with what it counts told. */
function metered(model: Model, onUsage: (usage: ModelUsage) => void): Model {
  return {
    name: model.name,
    describe: (signal) => model.describe(signal),
    async *chat(request, signal) {
      for await (const chunk of model.chat(request, signal)) {
        if (chunk.type === 'done') onUsage(chunk.usage);
        yield chunk;
      }
    },
  };
}
