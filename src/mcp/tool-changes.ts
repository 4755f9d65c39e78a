import { canonicalJson } from '../core/canonical-json.js';
import type { ServerTool } from './types.js';

export interface ToolChanges {
  added: readonly string[];
  removed: readonly string[];
  /** Same name, but described otherwise: text, schema or annotations. */
  changed: readonly string[];
}

/** What is different between two lists of tools, or undefined when nothing is. */
export function toolChanges(
  before: readonly ServerTool[],
  after: readonly ServerTool[],
): ToolChanges | undefined {
  const old = new Map(before.map((tool) => [tool.name, tool]));
  const names = new Set(after.map(({ name }) => name));
  const added = after.filter(({ name }) => !old.has(name)).map(({ name }) => name);
  const removed = before.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const changed = after
    .filter((tool) => {
      const earlier = old.get(tool.name);
      return earlier !== undefined && !isSameTool(earlier, tool);
    })
    .map(({ name }) => name);
  return added.length + removed.length + changed.length === 0
    ? undefined
    : { added, removed, changed };
}

/** True when the server describes both alike: text, schema and annotations. */
export function isSameTool(a: ServerTool, b: ServerTool): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}
