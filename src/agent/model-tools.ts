import type { ToolRegistry } from '../mcp/types.js';
import type { ModelTool } from '../model/types.js';

/** By identity: the estimate of a list, and what the adapter makes of a tool, are remembered that way too. */
const made = new WeakMap<ToolRegistry, readonly ModelTool[]>();

/** The tools of a registry as the model is offered them; the same list for the same registry. */
export function toModelTools(registry: ToolRegistry): readonly ModelTool[] {
  const known = made.get(registry);
  if (known !== undefined) return known;
  const tools = registry.tools.map(({ alias, description, inputSchema }) => ({
    name: alias,
    description,
    parameters: inputSchema,
  }));
  made.set(registry, tools);
  return tools;
}
