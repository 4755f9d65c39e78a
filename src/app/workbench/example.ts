import { isRecord, type JsonSchema, type JsonValue } from '../../core/json.js';
import {
  choicesOf,
  createBudget,
  optionsOf,
  propertiesOf,
  typesOf,
  type Budget,
} from './schema.js';

const MAX_DEPTH = 4;

/** Texts for the formats of JSON Schema (2020-12, validation §7.3). */
const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A value that the schema would most likely take: its default, its first example or choice, else one of its type. */
export function exampleOf(
  declared: unknown,
  root: JsonSchema,
  budget: Budget = createBudget(),
  depth = 0,
): JsonValue {
  const [schema = {}] = optionsOf(declared, root, budget);
  const own = isRecord(declared) ? declared : schema;
  const said = [own, schema].flatMap((one) => [
    ...('default' in one && one['default'] !== null ? [one['default']] : []),
    ...(Array.isArray(one['examples']) ? one['examples'].slice(0, 1) : []),
    ...(choicesOf(one)?.slice(0, 1) ?? []),
  ]);
  if (said.length > 0) return said[0] as JsonValue;
  return ofType(schema, { root, budget, depth: depth + 1 });
}

interface Position {
  root: JsonSchema;
  budget: Budget;
  depth: number;
}

function ofType(schema: JsonSchema, position: Position): JsonValue {
  const { root, budget, depth } = position;
  const isDeep = depth > MAX_DEPTH || budget.steps < 0;
  const type = typesOf(schema).find((name) => name !== 'null') ?? 'string';
  switch (type) {
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'array':
      return isDeep ? [] : [exampleOf(schema['items'] ?? {}, root, budget, depth)];
    case 'object':
      return isDeep ? {} : exampleObject(schema, position);
    default:
      return FORMATS[String(schema['format'])] ?? 'text';
  }
}

function exampleObject(schema: JsonSchema, { root, budget, depth }: Position): JsonValue {
  return Object.fromEntries(
    propertiesOf(schema, root)
      .filter(({ required }) => required)
      .map(({ name, schema: inner }) => [name, exampleOf(inner, root, budget, depth)]),
  );
}

/** The words of a call with examples of the arguments it needs: `name=text`, `count=1`, `list:=["a"]`. */
export function exampleWords(schema: JsonSchema): string[] {
  return propertiesOf(schema, schema)
    .filter(({ required }) => required)
    .map(({ name, schema: declared }) => toWord(name, exampleOf(declared, schema)));
}

function toWord(name: string, value: JsonValue): string {
  if (typeof value === 'string') return `${name}=${value.startsWith('@') ? '@' : ''}${value}`;
  if (typeof value === 'object') return `${name}:=${JSON.stringify(value)}`;
  return `${name}=${String(value)}`;
}
