import { matchesTool } from '../../agent/approval.js';
import type { ChatTools, ToolView } from '../../core/chat.js';
import type { ServerPool } from '../../mcp/pool-types.js';
import { createToolRegistry, selectTools, type BuiltRegistry } from '../../mcp/registry.js';
import type { RegisteredTool, ToolRegistry } from '../../mcp/types.js';

/** All tools of all connected servers, and which of them the model is offered. */
export interface ToolBook extends ChatTools {
  /** The tools on offer; the same registry until something changes. */
  offered: () => ToolRegistry;
  /** Forgets what was made of the servers' lists. */
  changed: () => void;
}

/** `onWarning` is told once of every tool that has to be left out. */
export function createToolBook(
  pool: Pick<ServerPool, 'connections'>,
  onWarning: (message: string) => void,
): ToolBook {
  /** What the person switched, the latest last; also for tools that come back later. */
  let switches: readonly { pattern: string; enabled: boolean }[] = [];
  const told = new Set<string>();
  let all: BuiltRegistry | undefined;
  let offered: ToolRegistry | undefined;

  const isEnabled = (tool: RegisteredTool) =>
    switches.findLast(({ pattern }) => matchesTool(pattern, tool))?.enabled ?? true;

  function registry(): BuiltRegistry {
    if (all !== undefined) return all;
    all = createToolRegistry(pool.connections().map(({ id, tools }) => ({ server: id, tools })));
    for (const warning of all.warnings) {
      if (!told.has(warning)) onWarning(warning);
      told.add(warning);
    }
    return all;
  }

  return {
    offered: () => (offered ??= selectTools(registry(), isEnabled)),
    changed() {
      all = undefined;
      offered = undefined;
    },
    list() {
      const titles = new Map(
        pool
          .connections()
          .flatMap(({ id, tools }) => tools.map(({ name, title }) => [`${id}/${name}`, title])),
      );
      return registry().tools.map((tool) =>
        toView(tool, titles.get(`${tool.server}/${tool.name}`), isEnabled(tool)),
      );
    },
    setEnabled(pattern, enabled) {
      const fits = registry().tools.filter((tool) => matchesTool(pattern, tool)).length;
      if (fits === 0) return 0;
      switches = [...switches.filter((known) => known.pattern !== pattern), { pattern, enabled }];
      offered = undefined;
      return fits;
    },
  };
}

function toView(tool: RegisteredTool, title: string | undefined, enabled: boolean): ToolView {
  const { alias, server, name, description, inputSchema, annotations } = tool;
  return {
    server,
    name,
    alias,
    ...(title === undefined ? {} : { title }),
    description,
    inputSchema,
    ...(annotations === undefined ? {} : { annotations }),
    enabled,
  };
}
