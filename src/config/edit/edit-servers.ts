import { isAlias, isMap, isNode, parseDocument, type Document, type Pair } from 'yaml';
import { canonicalJson } from '../../core/canonical-json.js';
import { isRecord } from '../../core/json.js';
import { toCanonicalKey } from '../fields.js';
import { scanJson } from '../jsonc.js';
import { SERVER_MAPS } from '../servers.js';
import { parseSource } from '../source.js';
import {
  columnOf,
  fillInBlock,
  insertInBlock,
  removeFromBlock,
  replaceInBlock,
} from './block-map.js';
import { insertInFlow, removeFromFlow, replaceInFlow } from './flow-map.js';
import { applySplices, layoutOf } from './lines.js';
import { isEmptyNode, isFlow, keyOf, toPlacedMap, type PlacedMap } from './nodes.js';
import { renderBlock } from './render.js';
import {
  CannotEdit,
  type Layout,
  type ServerEdit,
  type Splice,
  type WrittenEntry,
} from './types.js';

export interface EditOptions {
  /** An empty text becomes JSON. */
  json: boolean;
  /** Top-level keys that an empty text begins with. */
  head?: WrittenEntry;
}

/** The key under which servers are written where a file has none for them yet. */
const SERVERS = 'mcpServers';

/**
 * The config text with one server added, replaced or removed. Every other byte stays where it is:
 * comments, order, quotes, anchors, line ends. What comes out is parsed again and compared; throws
 * `CannotEdit` when it would mean anything else, `NotAConfig` when the text is no config.
 */
export async function editServers(
  text: string,
  edit: ServerEdit,
  options: EditOptions,
): Promise<string> {
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(bom.length);
  const before = await valueOf(body);
  const expected = applied(before ?? options.head ?? {}, edit);
  const result =
    before === undefined ? begin(body, edit, options) : applySplices(body, splicesOf(body, edit));
  const after = await valueOf(result).catch(() => undefined);
  if (meaning(after ?? {}) !== meaning(expected)) {
    throw new CannotEdit('aliases or an unusual layout are in the way');
  }
  return bom + result;
}

async function valueOf(text: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const source = await parseSource({ layer: 'file', name: '', dir: '', text });
  return source?.value;
}

/** What the file has to say afterwards. */
function applied(before: WrittenEntry, edit: ServerEdit): WrittenEntry {
  const key = serverKey(before, edit.id) ?? SERVERS;
  const { [edit.id]: _, ...servers } = isRecord(before[key]) ? before[key] : {};
  if (edit.kind === 'set') servers[edit.id] = edit.entry;
  return { ...before, [key]: servers };
}

/** A value to compare by: no servers under a key are the same as no key. */
function meaning(value: WrittenEntry): string {
  const kept = Object.entries(value).filter(
    ([key, item]) => !isServerMap(key) || Object.keys(item ?? {}).length > 0,
  );
  return canonicalJson(Object.fromEntries(kept));
}

function isServerMap(key: string): boolean {
  return SERVER_MAPS.includes(toCanonicalKey(key));
}

/** The key that holds this server, else the first one for servers. */
export function serverKey(value: WrittenEntry, id: string): string | undefined {
  const keys = Object.keys(value).filter(isServerMap);
  const holds = (key: string) => {
    const map = value[key];
    return isRecord(map) && Object.hasOwn(map, id);
  };
  return keys.find(holds) ?? keys[0];
}

/** A text that says nothing yet: what it has of comments stays on top. */
function begin(text: string, edit: ServerEdit, { json, head = {} }: EditOptions): string {
  if (edit.kind === 'remove') return text;
  const layout = layoutOf(text);
  const value = { ...head, [SERVERS]: { [edit.id]: edit.entry } };
  const { contents } = parse(text);
  const written = isNode(contents) && !isEmptyNode(contents) ? contents.range : undefined;
  const kept = written ? text.slice(0, written[0]) + text.slice(written[1]) : text;
  const gap = kept === '' || kept.endsWith('\n') ? '' : layout.eol;
  const body = json
    ? JSON.stringify(value, undefined, layout.step).replaceAll('\n', layout.eol)
    : renderBlock(value, 0, layout);
  return kept + gap + body + layout.eol;
}

function parse(text: string): Document {
  // Comments of JSON are blanked out, so that offsets stay and YAML can read the rest.
  const clean = /^\s*(?:[{[]|\/[/*])/.test(text) ? scanJson(text).text : text;
  return parseDocument(clean, { keepSourceTokens: true, merge: true, prettyErrors: false });
}

function splicesOf(text: string, edit: ServerEdit): readonly Splice[] {
  const document = parse(text);
  const layout = layoutOf(text);
  const top = toPlacedMap(document.contents);
  if (top === undefined) throw new CannotEdit('it is no plain mapping');
  const section = sectionOf(document, top, edit.id);
  if (section === undefined) {
    if (edit.kind === 'remove') throw new CannotEdit('the entry is written somewhere else');
    return insert(top, SERVERS, { [edit.id]: edit.entry }, layout);
  }
  if (isAlias(section.value)) throw new CannotEdit('its servers are an alias of another mapping');
  const map = toPlacedMap(section.value);
  const pair = map?.items.find((item) => keyOf(item) === edit.id);
  if (edit.kind === 'remove') {
    if (map === undefined || pair === undefined) {
      throw new CannotEdit('the entry comes in by an alias');
    }
    return isFlow(map) ? removeFromFlow(map, pair, layout) : removeFromBlock(pair, layout);
  }
  if (map === undefined) return fill(top, section, { [edit.id]: edit.entry }, layout);
  if (pair !== undefined) return replace(map, pair, edit.entry, layout);
  const bare = map.items.length === 0 && !isFlow(top) && isBlank(text, map);
  if (bare) return fill(top, section, { [edit.id]: edit.entry }, layout);
  return insert(map, edit.id, edit.entry, layout);
}

/** The pair of the top mapping that holds the servers. */
function sectionOf(document: Document, top: PlacedMap, id: string): Pair | undefined {
  const sections = top.items.filter((pair) => isServerMap(keyOf(pair) ?? ''));
  const holds = ({ value }: Pair) => {
    const map = isAlias(value) ? value.resolve(document) : value;
    return isMap(map) && map.items.some((item) => keyOf(item) === id);
  };
  return sections.find(holds) ?? sections[0];
}

function isBlank(text: string, map: PlacedMap): boolean {
  const [from = 0, to = 0] = map.range ?? [];
  return /^\{\s*\}$/.test(text.slice(from, to));
}

function insert(
  map: PlacedMap,
  key: string,
  value: WrittenEntry,
  layout: Layout,
): readonly Splice[] {
  return isFlow(map)
    ? insertInFlow(map, key, { value, layout })
    : insertInBlock(map, { [key]: value }, layout);
}

function replace(
  map: PlacedMap,
  pair: Pair,
  value: WrittenEntry,
  layout: Layout,
): readonly Splice[] {
  if (isFlow(map)) return replaceInFlow(pair, value, layout);
  const place = { column: columnOf(map), layout };
  return isEmptyNode(pair.value)
    ? fillInBlock(pair, value, place)
    : replaceInBlock(pair, value, place);
}

function fill(
  top: PlacedMap,
  section: Pair,
  value: WrittenEntry,
  layout: Layout,
): readonly Splice[] {
  return isFlow(top)
    ? replaceInFlow(section, value, layout)
    : fillInBlock(section, value, { column: columnOf(top), layout });
}
