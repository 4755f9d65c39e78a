import { toCode, toTable } from './markdown.js';

/** The part of JSON Schema that docs/events.schema.json is written in. */
export interface SchemaNode {
  $ref?: string;
  type?: string | readonly string[];
  const?: string;
  enum?: readonly (string | boolean)[];
  description?: string;
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[];
  items?: SchemaNode;
  oneOf?: readonly SchemaNode[];
  anyOf?: readonly SchemaNode[];
}

export interface EventsSchema extends SchemaNode {
  $defs: Readonly<Record<string, SchemaNode>>;
}

/** Parts of events that have a table of their own. */
const PARTS = ['server_status', 'error_info', 'tool_call_summary', 'result_image', 'usage'];

/** The tables of docs/events.md, from the schema, each with its line of the golden file. */
export function eventReference(schema: EventsSchema, goldenLines: readonly string[]): string {
  const examples = new Map(
    goldenLines.map((line) => [(JSON.parse(line) as { type: string }).type, line]),
  );
  const events = (schema.oneOf ?? []).map((node) => nameOf(node));
  return [
    ...events.map((name) => section(schema, name, examples.get(name))),
    ...PARTS.map((name) => section(schema, name)),
  ].join('\n\n');
}

function section(schema: EventsSchema, name: string, example?: string): string {
  const node = schema.$defs[name];
  if (node === undefined) throw new Error(`docs/events.schema.json has no $defs/${name}`);
  const rows = Object.entries(node.properties ?? {})
    .filter(([field]) => field !== 'type' && field !== 'timestamp')
    .map(([field, value]) => [
      toCode(field),
      typeText(value),
      node.required?.includes(field) === true ? 'always' : 'sometimes',
      value.description ?? resolve(schema, value).description ?? '',
    ]);
  return [
    `### ${name}`,
    node.description ?? '',
    toTable(['field', 'type', 'there', 'meaning'], rows),
    ...(example === undefined ? [] : [`\`\`\`json\n${example}\n\`\`\``]),
  ].join('\n\n');
}

function nameOf({ $ref = '' }: SchemaNode): string {
  return $ref.replace('#/$defs/', '');
}

function resolve(schema: EventsSchema, node: SchemaNode): SchemaNode {
  return node.$ref === undefined ? node : (schema.$defs[nameOf(node)] ?? {});
}

function typeText(node: SchemaNode): string {
  const name = nameOf(node);
  if (PARTS.includes(name)) return `[${name}](#${name})`;
  if (name !== '') return name.replaceAll('_', ' ');
  if (node.enum !== undefined) return node.enum.map((value) => toCode(String(value))).join(', ');
  if (node.anyOf !== undefined) return node.anyOf.map(typeText).join(' or ');
  if (node.items !== undefined) return `list of ${typeText(node.items)}`;
  return String(node.type ?? 'any');
}
