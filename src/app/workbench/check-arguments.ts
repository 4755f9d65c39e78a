import { resolveRef } from '../../agent/local-ref.js';
import { validateArguments } from '../../agent/validate.js';
import type { JsonObject, JsonSchema } from '../../core/json.js';
import { propertiesOf, type Property } from './schema.js';
import { typeWords } from './schema-words.js';
import { meant, suggestion } from './suggest.js';

export interface ArgumentFaults {
  /** Why the tool would refuse them, one line each. Hostile text, unchanged. */
  problems: readonly string[];
  /** What is odd, but allowed. */
  warnings: readonly string[];
}

const MAX_SHOWN = 60;

/**
 * What is wrong with arguments by the tool's own schema: what is missing, what it does not know
 * (with the name that was meant), what does not fit. A name that the schema neither declares nor
 * forbids is a problem when it looks like another one misspelt, else a warning.
 */
export async function checkArguments(
  args: JsonObject,
  schema: JsonSchema,
): Promise<ArgumentFaults> {
  const properties = propertiesOf(schema, schema);
  const missing = properties.filter(({ name, required }) => required && !Object.hasOwn(args, name));
  const { problems: unknown, warnings } = findUnknown(args, schema, properties);
  const misfits = await findMisfits(args, schema, properties);
  const told = new Set([...missing.map(({ name }) => name), ...unknown.keys()]);
  return {
    problems: [
      ...missing.map((property) => missingWords(property, schema)),
      ...unknown.values(),
      ...misfits.filter(({ about }) => about === undefined || !told.has(about)).map(textOf),
    ],
    warnings,
  };
}

function missingWords({ name, schema }: Property, root: JsonSchema): string {
  const { description } = schema;
  const about = typeof description === 'string' ? firstLine(description) : '';
  return `${name} is missing (${typeWords(schema, root)}${about === '' ? '' : `: ${about}`})`;
}

interface Unknown {
  problems: ReadonlyMap<string, string>;
  warnings: readonly string[];
}

function findUnknown(
  args: JsonObject,
  schema: JsonSchema,
  properties: readonly Property[],
): Unknown {
  const { additionalProperties: more, patternProperties } = resolveRef(schema, schema) ?? {};
  const problems = new Map<string, string>();
  const warnings: string[] = [];
  const names = properties.map(({ name }) => name);
  if (patternProperties !== undefined || (more !== undefined && more !== false)) {
    return { problems, warnings };
  }
  for (const name of Object.keys(args)) {
    if (names.includes(name)) continue;
    const free = names.filter((known) => !Object.hasOwn(args, known));
    if (more === false || suggestion(name, free) !== undefined) {
      problems.set(name, `${name} is unknown${insideOf(name, names) ?? meant(name, free)}`);
    } else if (names.length > 0) warnings.push(`${name} is no argument that the tool declares`);
  }
  return { problems, warnings };
}

/** `a.b` and `a[b]` are what other programs write for a field of an object. */
function insideOf(name: string, names: readonly string[]): string | undefined {
  const [, outer, inner] = /^([^.[]+)(?:\.|\[)([^\]]+)\]?$/.exec(name) ?? [];
  if (outer === undefined || inner === undefined || !names.includes(outer)) return undefined;
  return `; an object is given as JSON: ${outer}:='{"${inner}": …}'`;
}

interface Misfit {
  /** The argument it is about; undefined: the arguments as a whole. */
  about: string | undefined;
  text: string;
}

const textOf = ({ text }: Misfit) => text;

/** What the validator says, with what was given. */
async function findMisfits(
  args: JsonObject,
  schema: JsonSchema,
  properties: readonly Property[],
): Promise<Misfit[]> {
  const found = await validateArguments(args, schema);
  const misfits = new Map<string, Misfit>();
  for (const problem of found) {
    const named = /^arguments must (?:have required property '(.*)'|not have "(.*)")$/s.exec(
      problem,
    );
    const name = Object.keys(args).find(
      (key) => problem.startsWith(`${key} `) || problem.startsWith(`${key}.`),
    );
    const property = properties.find((one) => one.name === name);
    // Each alternative complains for itself; together they are one complaint.
    const severally = found.some(
      (other) => name !== undefined && other.startsWith(`${name} must match`),
    );
    const text =
      severally && property !== undefined
        ? `${property.name} must be ${typeWords(property.schema, schema)}`
        : problem;
    const about = named?.[1] ?? named?.[2] ?? name;
    const given = name === undefined ? '' : ` (got ${excerpt(args[name])})`;
    misfits.set(text, { about, text: `${text}${given}` });
  }
  return [...misfits.values()];
}

function excerpt(value: unknown): string {
  const json = JSON.stringify(value) ?? '';
  return json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
}

/** The beginning of a text, up to the end of its first line. */
export function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]?.trim() ?? '';
}
