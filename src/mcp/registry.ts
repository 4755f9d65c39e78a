import { toModelText, toTerminalLine } from '../core/terminal-text.js';
import { createAliases } from './alias.js';
import type { RegisteredTool, ServerTool, ToolRegistry } from './types.js';

export interface ServerTools {
  /** The configured id. */
  server: string;
  tools: readonly ServerTool[];
}

export interface BuiltRegistry extends ToolRegistry {
  /** Tools that had to be left out, sanitised. */
  readonly warnings: readonly string[];
}

/** Characters of a description that go to the model. */
const MAX_DESCRIPTION = 8192;

/** All tools of all servers under names a model can use; two of the same name on one server are both left out. */
export function createToolRegistry(entries: readonly ServerTools[]): BuiltRegistry {
  const warnings: string[] = [];
  const kept = entries.flatMap(({ server, tools }) =>
    withoutDuplicates(server, tools, warnings).map((tool) => ({ server, name: tool.name, tool })),
  );
  const aliases = createAliases(kept);
  const tools = kept.map(({ server, tool }, index) =>
    toRegistered(aliases[index] ?? '', server, tool),
  );
  return { ...index(tools), warnings };
}

/** Some of the tools, under the names they have among all. */
export function selectTools(
  registry: ToolRegistry,
  isOffered: (tool: RegisteredTool) => boolean,
): ToolRegistry {
  const tools = registry.tools.filter(isOffered);
  return tools.length === registry.tools.length ? registry : index(tools);
}

function index(tools: readonly RegisteredTool[]): ToolRegistry {
  const byAlias = new Map(tools.map((tool) => [tool.alias, tool]));
  let loose: ReturnType<typeof indexLoosely> | undefined;
  return {
    tools,
    resolve: (alias) => byAlias.get(alias),
    nearest: (alias) => byAlias.get(alias) ?? (loose ??= indexLoosely(tools))(alias),
  };
}

function withoutDuplicates(
  server: string,
  tools: readonly ServerTool[],
  warnings: string[],
): ServerTool[] {
  const count = new Map<string, number>();
  for (const { name } of tools) count.set(name, (count.get(name) ?? 0) + 1);
  for (const [name, times] of count) {
    if (times < 2) continue;
    warnings.push(
      `${server} offers ${times} tools named ${toTerminalLine(name)}; none of them is used.`,
    );
  }
  return tools.filter(({ name }) => count.get(name) === 1);
}

function toRegistered(alias: string, server: string, tool: ServerTool): RegisteredTool {
  const text = toModelText(tool.description ?? tool.title ?? '');
  return {
    alias,
    server,
    name: tool.name,
    description: text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION)}…` : text,
    inputSchema: tool.inputSchema,
    ...(tool.outputSchema === undefined ? {} : { outputSchema: tool.outputSchema }),
    ...(tool.annotations === undefined ? {} : { annotations: tool.annotations }),
  };
}

/** Finds a tool by what the model can only have meant; undefined when that fits several, or none. */
function indexLoosely(
  tools: readonly RegisteredTool[],
): (alias: string) => RegisteredTool | undefined {
  const found = new Map<string, RegisteredTool | undefined>();
  for (const tool of tools) {
    const keys = new Set([tool.alias, `${tool.server}__${tool.name}`, tool.name].map(looseKey));
    for (const key of keys) found.set(key, found.has(key) ? undefined : tool);
  }
  return (alias) => found.get(looseKey(alias));
}

/** Without case, and with every run of separators as one: `Math.add-numbers` is `math__add_numbers`. */
function looseKey(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_|_$/g, '');
}
