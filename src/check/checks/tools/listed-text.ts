import { isRecord, type JsonObject } from '../../../core/json.js';
import { toTerminal, toTerminalLine } from '../../../core/terminal-text.js';
import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { mayBlowUp } from './blow-up.js';
import { findInstruction, findSecret } from './suspicious-text.js';

/** TOOL-01 */
export const listedText: Check = {
  id: 'TOOL-01',
  title: 'Names, descriptions and schemas of the tools hide nothing.',
  severity: 'medium',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'server/tools', 'tool-names'),
    mcp('2026-07-28', 'basic', 'json-schema-usage'),
    cwe(1333),
    cwe(1007),
  ],
  expected:
    'Unique names of A-Z a-z 0-9 _ - . (up to 128); no control, invisible or bidirectional characters; no secrets; no $ref to another document; no instructions to the model; no regular expression that can take for ever.',
  remedy:
    'Write descriptions in plain text that tells what the tool does; put shared schemas into $defs.',
  active: false,
  requests: 0,
  run(audit) {
    const { tools, capabilities } = audit.control;
    if (tools.length === 0) {
      const reason = `The server lists no tools${capabilities['tools'] === undefined ? '' : ', though it says it has some'}.`;
      return Promise.resolve({ outcome: 'not_applicable', reason });
    }
    const answer = listAnswer(audit);
    const found = [...judgeNames(tools), ...tools.flatMap(judgeTool)];
    const judged = found.map((one, index) => (index === 0 ? { ...one, answer } : one));
    const pass = `${tools.length === 1 ? 'One tool hides' : `${tools.length} tools hide`} nothing.`;
    return Promise.resolve(conclude(judged, pass));
  },
};

/** With the list in it, or (SSE) the one that promised it. */
function listAnswer({ control }: Audit): Answer | undefined {
  const holdsList = ({ messages }: Answer) =>
    messages.some(({ result }) => isRecord(result) && Array.isArray(result['tools']));
  return control.answers.find(holdsList) ?? control.answers.at(-1);
}

/** Tool names as the specification wants them: SHOULD. */
const NAME = /^[\w.-]{1,128}$/;

function judgeNames(tools: readonly JsonObject[]): readonly Judged[] {
  const names = tools.map(({ name }) => (typeof name === 'string' ? name : ''));
  return names.flatMap((name, index) => {
    const found: Judged[] = [];
    const shown = toTerminalLine(name).slice(0, 60);
    if (names.indexOf(name) !== index) {
      found.push({ verdict: 'wrong', note: `two tools are called "${shown}"` });
    }
    if (!NAME.test(name)) found.push({ verdict: 'doubtful', note: `"${shown}" is no valid name` });
    return found;
  });
}

function judgeTool(tool: JsonObject): readonly Judged[] {
  const name = typeof tool['name'] === 'string' ? tool['name'] : '?';
  const found: Judged[] = [];
  walk(tool, toTerminalLine(name).slice(0, 60), (text, place, isKey) => {
    found.push(...judgeText(text, place.slice(0, 160)));
    if (!isKey) found.push(...judgeKeyword(text, place));
  });
  return found;
}

function judgeText(text: string, at: string): readonly Judged[] {
  const found: Judged[] = [];
  const lines = text.replaceAll('\r\n', '\n');
  if (toTerminal(lines) !== lines) {
    found.push({ verdict: 'wrong', note: `${at} has hidden or control characters` });
  }
  const secret = findSecret(text);
  if (secret !== undefined) found.push({ verdict: 'wrong', note: `${at} has ${secret}` });
  const words = findInstruction(text);
  if (words !== undefined) {
    const note = `${at} reads like an instruction: "${shown(words)}"`;
    found.push({ verdict: 'doubtful', note });
  }
  return found;
}

/** Schema keywords whose value a client would follow or run. */
function judgeKeyword(text: string, place: string): readonly Judged[] {
  const at = place.slice(0, 160);
  if (/\.\$(?:dynamic)?ref$/i.test(place) && !text.startsWith('#')) {
    return [{ verdict: 'wrong', note: `${at} points to another document: ${shown(text)}` }];
  }
  if (place.endsWith('.pattern') && mayBlowUp(text)) {
    return [{ verdict: 'doubtful', note: `${at} may take for ever to match: ${shown(text)}` }];
  }
  return [];
}

function shown(text: string): string {
  return toTerminalLine(text).slice(0, 80);
}

type Visit = (text: string, place: string, isKey: boolean) => void;

/** Every string of a JSON value, keys included, with the way to it. Stops 64 levels down. */
function walk(value: unknown, place: string, visit: Visit, depth = 0): void {
  if (depth > 64) return;
  if (typeof value === 'string') visit(value, place, false);
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      walk(item, `${place}[${index}]`, visit, depth + 1);
    }
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      const next = `${place}.${toTerminalLine(key).slice(0, 60)}`;
      visit(key, `the key ${next}`, true);
      walk(item, next, visit, depth + 1);
    }
  }
}
