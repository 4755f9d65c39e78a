import { isDeeperThan } from '../../agent/depth.js';
import { OstlerError } from '../../core/errors.js';
import type { JsonObject, JsonSchema, JsonValue } from '../../core/json.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { propertiesOf } from './schema.js';
import { itemSchema, takesList, toTyped } from './typed.js';

/** An argument whose file has been read. */
export interface GivenArgument {
  key: string;
  kind: 'text' | 'json';
  text: string;
}

export interface GivenArguments {
  /** `--args`. */
  base: JsonObject;
  /** `k=v`, in the order they were typed; they win over the base. */
  words: readonly GivenArgument[];
}

/**
 * The arguments of a call, each typed by the tool's schema (`toTyped`). A name that is given several
 * times makes a list. Throws `usage` for JSON that is none. A name such as `__proto__` is a name
 * like any other: nothing is ever assigned to.
 */
export function toArguments({ base, words }: GivenArguments, schema: JsonSchema): JsonObject {
  const declared = new Map(propertiesOf(schema, schema).map((one) => [one.name, one.schema]));
  const byName = new Map<string, GivenArgument[]>();
  for (const word of words) byName.set(word.key, [...(byName.get(word.key) ?? []), word]);
  const typed = [...byName].map(([name, given]): [string, JsonValue] => [
    name,
    valueOf(given, declared.get(name) ?? {}, schema),
  ]);
  const args = Object.fromEntries([...Object.entries(base), ...typed]);
  if (isDeeperThan(args)) throw new OstlerError('usage', 'The arguments are nested too deeply.');
  return args;
}

function valueOf(
  given: readonly GivenArgument[],
  declared: JsonSchema,
  root: JsonSchema,
): JsonValue {
  const [first, ...more] = given;
  if (first === undefined) throw new Error('a name is there because it was given');
  if (more.length === 0) {
    return first.kind === 'json' ? parseJson(first) : toTyped(first.text, declared, root);
  }
  if (!takesList(declared, root)) {
    const name = toTerminalLine(first.key);
    throw new OstlerError('usage', `${name} is given ${given.length} times, but is no list.`);
  }
  const items = itemSchema(declared, root);
  return given.map((one) =>
    one.kind === 'json' ? parseJson(one) : toTyped(one.text, items, root),
  );
}

function parseJson(given: GivenArgument): JsonValue {
  const value = toJson(given);
  const digits = /^\s*(-?\d+)\s*$/.exec(given.text)?.[1];
  if (typeof value === 'number' && digits !== undefined && !isExactly(value, digits)) {
    throw new OstlerError(
      'usage',
      `${toTerminalLine(given.key)}:= is a number too large to be sent exactly.`,
      { hint: 'Send it as a text, if the tool takes one (name=value).' },
    );
  }
  return value;
}

function isExactly(value: number, digits: string): boolean {
  return Number.isFinite(value) && BigInt(value) === BigInt(digits);
}

function toJson({ key, text }: GivenArgument): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch (error) {
    const why = error instanceof Error ? toTerminalLine(error.message) : '';
    throw new OstlerError('usage', `${toTerminalLine(key)}:= is no JSON: ${why}`, {
      hint: 'Without the colon (name=value) it is a text.',
    });
  }
}
