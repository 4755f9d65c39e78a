import { isRecord, type JsonSchema } from '../../core/json.js';
import { choicesOf, createBudget, optionsOf, typesOf, type Budget } from './schema.js';

const MAX_DEPTH = 3;

export interface TypeWordsOptions {
  /** Members of an `enum` that are named; default 12. */
  choices?: number;
}

/** What a value must be, in a few words: `integer, 1 to 10`, `"a" | "b"`, `array of string`. Hostile text, unchanged. */
export function typeWords(
  declared: unknown,
  root: JsonSchema,
  { choices = 12 }: TypeWordsOptions = {},
): string {
  return words(declared, root, { choices, depth: 0, budget: createBudget(200) });
}

interface Options {
  choices: number;
  depth: number;
  budget: Budget;
}

function words(declared: unknown, root: JsonSchema, options: Options): string {
  const each = optionsOf(declared, root, options.budget).map((one) => oneType(one, root, options));
  return [...new Set(each)].join(' | ');
}

function oneType(schema: JsonSchema, root: JsonSchema, options: Options): string {
  const choices = choicesOf(schema);
  if (choices !== undefined) return choiceWords(choices, options.choices);
  const types = typesOf(schema);
  if (types.length === 0) return 'any';
  return types
    .map((type) => {
      if (type === 'array') return arrayWords(schema, root, options);
      return [type, limitWords(schema, type)].filter((part) => part !== '').join(', ');
    })
    .join(' | ');
}

function arrayWords(schema: JsonSchema, root: JsonSchema, options: Options): string {
  const { items } = schema;
  const limits = limitWords(schema, 'array');
  const inner = { ...options, depth: options.depth + 1 };
  const of = isRecord(items) && inner.depth <= MAX_DEPTH ? words(items, root, inner) : 'any';
  const whole = of === 'any' ? 'array' : `array of ${of.includes(' | ') ? `(${of})` : of}`;
  return limits === '' ? whole : `${whole}, ${limits}`;
}

function choiceWords(choices: readonly unknown[], most: number): string {
  const shown = choices.slice(0, most).map((choice) => JSON.stringify(choice));
  const more = choices.length - shown.length;
  return `${shown.join(' | ')}${more > 0 ? ` | … ${more} more` : ''}`;
}

/** Limits by the type they are about: of the value, its length, its items. */
const LIMITS: Readonly<Record<string, readonly [min: string, max: string, unit: string]>> = {
  integer: ['minimum', 'maximum', ''],
  number: ['minimum', 'maximum', ''],
  string: ['minLength', 'maxLength', ' characters'],
  array: ['minItems', 'maxItems', ' items'],
};

function limitWords(schema: JsonSchema, type: string): string {
  const [minKey = '', maxKey = '', unit = ''] = LIMITS[type] ?? [];
  const { [minKey]: min, [maxKey]: max, format } = schema;
  const named = type === 'string' && typeof format === 'string' ? format : '';
  return [named, rangeWords(min, max, unit), outsideWords(schema, type)]
    .filter((part) => part !== '')
    .join(', ');
}

function rangeWords(min: unknown, max: unknown, unit: string): string {
  if (typeof min === 'number' && typeof max === 'number') return `${min} to ${max}${unit}`;
  if (typeof min === 'number') return `at least ${min}${unit}`;
  // The bound that generators write for every integer says nothing.
  return typeof max === 'number' && max < Number.MAX_SAFE_INTEGER ? `at most ${max}${unit}` : '';
}

function outsideWords(schema: JsonSchema, type: string): string {
  if (type !== 'integer' && type !== 'number') return '';
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  return [
    typeof above === 'number' ? `more than ${above}` : '',
    typeof below === 'number' ? `less than ${below}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
