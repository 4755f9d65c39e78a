import type { Connection, ServerPrompt, ServerResource, ServerTool } from '../../mcp/types.js';
import { firstLine } from '../../app/workbench/check-arguments.js';
import { propertiesOf } from '../../app/workbench/schema.js';
import { rawOf } from '../../mcp/raw-of.js';
import { formatTable, type TableOptions } from '../../render/table.js';
import { safe } from './output.js';

/** One of the three things a server can have, as it is fetched and shown. */
export interface Kind<T extends object> {
  name: 'tools' | 'resources' | 'prompts';
  fetch: (connection: Connection, signal: AbortSignal) => Promise<readonly T[]>;
  /** As the server lists them, by the protocol's own keys. */
  json: (items: readonly T[]) => Record<string, unknown>;
  table: (items: readonly T[], options: TableOptions) => string;
}

const raw = (item: object): unknown => rawOf(item) ?? item;
const about = ({ title, description }: { title?: string; description?: string }) =>
  safe(firstLine(description ?? title ?? ''));

export const TOOLS: Kind<ServerTool> = {
  name: 'tools',
  fetch: (connection) => Promise.resolve(connection.tools),
  json: (items) => ({ tools: items.map(raw) }),
  table: (items, options) =>
    formatTable(
      ['NAME', 'ARGUMENTS', 'DESCRIPTION'],
      items.map((tool) => [safe(tool.name), toolArguments(tool), about(tool)]),
      options,
    ),
};

function toolArguments({ inputSchema }: ServerTool): string {
  return propertiesOf(inputSchema, inputSchema).map(toWord).join(' ');
}

function toWord({ name, required }: { name: string; required: boolean }): string {
  return `${safe(name)}${required ? '' : '?'}`;
}

export const PROMPTS: Kind<ServerPrompt> = {
  name: 'prompts',
  fetch: (connection, signal) => connection.listPrompts(signal),
  json: (items) => ({ prompts: items.map(raw) }),
  table: (items, options) =>
    formatTable(
      ['NAME', 'ARGUMENTS', 'DESCRIPTION'],
      items.map((prompt) => [
        safe(prompt.name),
        prompt.arguments
          .toSorted((a, b) => Number(b.required) - Number(a.required))
          .map(toWord)
          .join(' '),
        about(prompt),
      ]),
      options,
    ),
};

export const RESOURCES: Kind<ServerResource> = {
  name: 'resources',
  fetch: (connection, signal) => connection.listResources(signal),
  json: (items) => ({
    resources: items.filter(({ template }) => !template).map(raw),
    resourceTemplates: items.filter(({ template }) => template).map(raw),
  }),
  table: (items, options) => {
    const rows = (template: boolean) =>
      items
        .filter((item) => item.template === template)
        .map((item) => [
          safe(item.uri),
          safe(item.name === item.uri ? '' : item.name),
          safe(item.mimeType ?? ''),
          about(item),
        ]);
    const tables = [
      { head: 'URI', rows: rows(false) },
      { head: 'TEMPLATE', rows: rows(true) },
    ];
    return tables
      .filter((table) => table.rows.length > 0)
      .map((table) => formatTable([table.head, 'NAME', 'TYPE', 'DESCRIPTION'], table.rows, options))
      .join('\n');
  },
};
