import { isRecord } from '../core/json.js';
import { MAX_PROPERTIES, type Raw } from './schema-flatten.js';
import { cleanText, describeProperty, MAX_DESCRIPTION, NOTE_KEYWORDS } from './schema-notes.js';
import { TYPES, type OllamaProperty } from './schema-property.js';

/** Parameters that need no change: Ollama keeps everything in them that matters. */
export interface PlainParameters {
  type: 'object';
  properties: Record<string, OllamaProperty>;
  required?: string[];
}

const MAX_DEPTH = 12;
/** What Ollama drops and nobody misses. */
const HARMLESS = new Set(['$schema', 'additionalProperties', 'title']);

/**
 * The parameters most servers send, or undefined for all others: passed on as they are, with what
 * Ollama would drop written into the descriptions, so that hundreds of tools cost next to nothing.
 * The same as the general way, only sooner.
 */
export function toPlain(schema: unknown, maxChars: number): PlainParameters | undefined {
  if (!isRecord(schema) || schema['type'] !== 'object' || !isRecord(schema['properties'])) {
    return undefined;
  }
  if (Object.keys(schema).some((key) => NOTE_KEYWORDS.has(key) && !HARMLESS.has(key)))
    return undefined;
  const plain = toPlainNode(schema, 0);
  if (plain === undefined) return undefined;
  const text = JSON.stringify(plain);
  // Escapes of lone surrogates begin with \ud.
  const fits = text.length <= maxChars && !text.includes('\\ud') && cleanText(text) === text;
  return fits ? (plain as unknown as PlainParameters) : undefined;
}

/** The node itself when it needs no change, a copy when it does, undefined when it is not plain. */
function toPlainNode(value: unknown, depth: number): Raw | undefined {
  if (!isRecord(value) || depth > MAX_DEPTH) return undefined;
  const { type } = value;
  if (typeof type !== 'string' || !TYPES.has(type)) return undefined;
  let noted = false;
  let changed: Raw | undefined;
  for (const key of Object.keys(value)) {
    if (key === 'type') continue;
    const part = toPlainPart(key, { node: value, depth });
    if (part === undefined) return undefined;
    if (part === NOTE) noted = true;
    else if (part !== value[key]) changed = { ...(changed ?? value), [key]: part };
  }
  return noted ? withNotes(changed ?? value) : (changed ?? value);
}

/** Stands for a keyword that becomes words. */
const NOTE = Symbol('note');

/** What becomes of a keyword: itself, its plain form, a note, or undefined when it is not plain. */
function toPlainPart(key: string, { node, depth }: { node: Raw; depth: number }): unknown {
  const value = node[key];
  switch (key) {
    case 'description':
      return typeof value === 'string' && value.length <= MAX_DESCRIPTION ? value : undefined;
    case 'properties':
      return isRecord(value) ? toPlainProperties(value, depth + 1) : undefined;
    case 'required':
      return Array.isArray(value) && value.every((name) => isOwn(node['properties'], name))
        ? value
        : undefined;
    case 'enum':
      return Array.isArray(value) &&
        value.length > 0 &&
        value.every((item) => typeof item === 'string')
        ? value
        : undefined;
    case 'items':
      return toPlainNode(value, depth + 1);
    default:
      if (isRecord(value) || Array.isArray(value) || value === null) return undefined;
      // A title that stands for the description is worth a note.
      if (HARMLESS.has(key)) return key !== 'title' || 'description' in node ? value : undefined;
      return NOTE_KEYWORDS.has(key) ? NOTE : undefined;
  }
}

function toPlainProperties(properties: Raw, depth: number): Raw | undefined {
  const names = Object.keys(properties);
  if (names.length > MAX_PROPERTIES) return undefined;
  let changed: Record<string, unknown> | undefined;
  for (const name of names) {
    const property = toPlainNode(properties[name], depth);
    if (property === undefined) return undefined;
    if (property !== properties[name]) (changed ??= { ...properties })[name] = property;
  }
  return changed ?? properties;
}

/** The node without the keywords that Ollama drops, which its description tells instead. */
function withNotes(node: Raw): Raw {
  const { type, description: _, ...rest } = node;
  const kept = Object.entries(rest).filter(
    ([key]) => !NOTE_KEYWORDS.has(key) && !HARMLESS.has(key),
  );
  return { type, description: describeProperty(node, []), ...Object.fromEntries(kept) };
}

function isOwn(properties: unknown, name: unknown): boolean {
  return isRecord(properties) && typeof name === 'string' && Object.hasOwn(properties, name);
}
