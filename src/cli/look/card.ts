import { isRecord, type JsonSchema } from '../../core/json.js';
import { redact } from '../../core/redact.js';
import { toTerminal } from '../../core/terminal-text.js';
import {
  createBudget,
  propertiesOf,
  type Budget,
  type Property,
} from '../../app/workbench/schema.js';
import { typeWords } from '../../app/workbench/schema-words.js';
import { wrapRows } from '../../render/columns.js';
import type { Paint } from '../../render/style.js';
import { safe } from './output.js';

export interface CardView {
  /** Undefined: nothing is wrapped. */
  width: number | undefined;
  paint: Paint;
}

/** Everything about one thing: its name, its texts, its parts under headings. */
export interface Card {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  /** Short facts, `Type: text/plain`. */
  facts?: readonly (readonly [label: string, value: string])[];
  sections: readonly Section[];
}

export interface Section {
  heading: string;
  /** Lines, safe already; longer ones are wrapped under their own indentation. */
  lines: readonly string[];
}

const MAX_DEPTH = 4;
/** Properties of one object that are told, those inside of it included. */
const MAX_PROPERTIES = 1000;

export function renderCard(
  { name, title, description, facts = [], sections }: Card,
  view: CardView,
) {
  const { paint } = view;
  const shownTitle = title === undefined || title === name ? '' : ` · ${safe(title)}`;
  const parts = [
    [`${paint('bold', safe(name))}${shownTitle}`],
    ...(description === undefined || description.trim() === '' ? [] : [textLines(description)]),
    ...(facts.length === 0 ? [] : [facts.map(([label, value]) => `${label}: ${safe(value)}`)]),
    ...sections
      .filter(({ lines }) => lines.length > 0)
      .map(({ heading, lines }) => [paint('bold', heading), ...lines.map((line) => `  ${line}`)]),
  ];
  return parts.map((lines) => lines.map((line) => `${wrapped(line, view)}\n`).join('')).join('\n');
}

/** Foreign text of any length, line by line. */
export function textLines(text: string): string[] {
  return toTerminal(redact(text)).trim().split('\n');
}

function wrapped(line: string, { width }: CardView): string {
  if (width === undefined) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const room = Math.max(20, width - indent.length);
  return wrapRows(line.slice(indent.length), room)
    .map((row, at) => `${indent}${at === 0 ? row : row.trimStart()}`)
    .join('\n');
}

/** The properties of an object, each with its type and its description, and those inside of it. */
export function propertyLines(schema: JsonSchema, root: JsonSchema): string[] {
  const budget = createBudget(MAX_PROPERTIES);
  const lines = linesOf(schema, { root, budget, depth: 0 });
  return budget.steps < 0 ? [...lines, '…'] : lines;
}

interface Position {
  root: JsonSchema;
  budget: Budget;
  depth: number;
}

function linesOf(schema: JsonSchema, position: Position): string[] {
  const { root, budget, depth } = position;
  if (depth > MAX_DEPTH) return [];
  return propertiesOf(schema, root).flatMap((property) => {
    budget.steps -= 1;
    return budget.steps < 0 ? [] : onePropertyLines(property, position);
  });
}

function onePropertyLines({ name, schema, required }: Property, position: Position): string[] {
  const { root } = position;
  const inner = { ...position, depth: position.depth + 1 };
  const { default: fallback, description } = schema;
  const words = [
    typeWords(schema, root, { choices: 100 }),
    ...(required ? [] : ['optional']),
    ...(fallback === undefined ? [] : [`default ${JSON.stringify(fallback)}`]),
  ];
  const { items } = schema;
  return [
    `${safe(name)}: ${safe(words.join(', '))}`,
    ...(typeof description === 'string' ? textLines(description).map((line) => `  ${line}`) : []),
    ...[schema, ...(isRecord(items) ? [items] : [])].flatMap((one) =>
      linesOf(one, inner).map((line) => `  ${line}`),
    ),
  ];
}
