import { isRecord } from '../core/json.js';
import { MAX_PROPERTIES } from './schema-flatten.js';
import { cleanText, MAX_DESCRIPTION } from './schema-notes.js';
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
 * True for the schemas most servers send. They are passed on as they are, so that hundreds of tools
 * cost next to nothing; everything else is rebuilt.
 */
export function isPlain(schema: unknown, maxChars: number): schema is PlainParameters {
  if (!isRecord(schema) || schema['type'] !== 'object' || !isRecord(schema['properties'])) {
    return false;
  }
  if (!isPlainNode(schema, 0)) return false;
  const text = JSON.stringify(schema);
  // Escapes of lone surrogates begin with \ud.
  return text.length <= maxChars && !text.includes('\\ud') && cleanText(text) === text;
}

function isPlainNode(value: unknown, depth: number): boolean {
  if (!isRecord(value) || depth > MAX_DEPTH) return false;
  const { type } = value;
  if (typeof type !== 'string' || !TYPES.has(type)) return false;
  for (const key of Object.keys(value)) {
    if (key !== 'type' && !isPlainKey(key, value[key], { node: value, depth })) return false;
  }
  return true;
}

function isPlainKey(
  key: string,
  value: unknown,
  { node, depth }: { node: Record<string, unknown>; depth: number },
): boolean {
  switch (key) {
    case 'description':
      return typeof value === 'string' && value.length <= MAX_DESCRIPTION;
    case 'properties':
      return isRecord(value) && arePlain(value, depth + 1);
    case 'required':
      return Array.isArray(value) && value.every((name) => isOwn(node['properties'], name));
    case 'enum':
      return (
        Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
      );
    case 'items':
      return isPlainNode(value, depth + 1);
    default:
      // A schema for additional properties, or a title that stands for the description, is worth a note.
      return HARMLESS.has(key) && !isRecord(value) && (key !== 'title' || 'description' in node);
  }
}

function arePlain(properties: Record<string, unknown>, depth: number): boolean {
  const all = Object.values(properties);
  return all.length <= MAX_PROPERTIES && all.every((property) => isPlainNode(property, depth));
}

function isOwn(properties: unknown, name: unknown): boolean {
  return isRecord(properties) && typeof name === 'string' && Object.hasOwn(properties, name);
}
