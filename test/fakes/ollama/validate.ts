/** Refuses what Ollama's Go structs refuse (api/types.go): strict about JSON types, blind to unknown keys. */
import type { ChatBody, FakeMessage, FakeTool } from './types.js';

/** A refusal; the message goes out as `{"error": …}`. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Json = Record<string, unknown>;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function mismatch(value: unknown, field: string, type: string): Refusal {
  return new Refusal(
    400,
    `json: cannot unmarshal ${kindOf(value)} into Go struct field ${field} of type ${type}`,
  );
}

/** The value, or undefined for null and absent; anything else of the wrong kind is refused. */
function take(parent: Json, key: string, kind: string, field: string, type: string): unknown {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (value === undefined || value === null) return undefined;
  if (kindOf(value) !== kind) throw mismatch(value, field, type);
  return value;
}

const takeString = (parent: Json, key: string, field: string) =>
  (take(parent, key, 'string', field, 'string') as string | undefined) ?? '';

function takeStrings(parent: Json, key: string, field: string): string[] {
  const list = (take(parent, key, 'array', field, '[]string') ?? []) as unknown[];
  for (const item of list) if (typeof item !== 'string') throw mismatch(item, field, 'string');
  return list as string[];
}

/** The body of POST /api/chat, or a refusal in Ollama's words. */
export function parseChat(text: string): ChatBody {
  if (text === '') throw new Refusal(400, 'missing request body');
  const body = parseJson(text);
  const messages = (take(body, 'messages', 'array', 'ChatRequest.messages', '[]api.Message') ??
    []) as unknown[];
  const tools = (take(body, 'tools', 'array', 'ChatRequest.tools', 'api.Tools') ?? []) as unknown[];
  checkThink(body['think']);
  checkKeepAlive(body['keep_alive']);
  const parsed: ChatBody = {
    model: takeString(body, 'model', 'ChatRequest.model'),
    messages: messages.map(parseMessage),
    tools: tools.map(parseTool),
    stream: flagOf(body, 'stream'),
    truncate: flagOf(body, 'truncate'),
    options: (take(body, 'options', 'object', 'ChatRequest.options', 'map[string]interface {}') ??
      {}) as Json,
    ...(body['think'] === undefined ? {} : { think: body['think'] }),
    ...(body['format'] === undefined ? {} : { format: body['format'] }),
    ...(body['keep_alive'] === undefined ? {} : { keep_alive: body['keep_alive'] }),
  };
  if (parsed.model === '') throw new Refusal(400, 'model is required');
  return parsed;
}

/** `*bool` with the server's default, true. */
function flagOf(body: Json, key: string): boolean {
  return (take(body, key, 'bool', `ChatRequest.${key}`, 'bool') as boolean | undefined) ?? true;
}

export function parseJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const first = text.trim()[0] ?? '';
    throw new Refusal(400, `invalid character '${first}' looking for beginning of value`);
  }
  if (kindOf(value) !== 'object' || value === null) {
    throw new Refusal(
      400,
      `json: cannot unmarshal ${kindOf(value)} into Go value of type api.ChatRequest`,
    );
  }
  return value as Json;
}

function checkThink(think: unknown): void {
  if (think === undefined || think === null || typeof think === 'boolean') return;
  if (typeof think === 'string' && ['high', 'medium', 'low', 'max'].includes(think)) return;
  const given = JSON.stringify(think);
  throw new Refusal(
    400,
    `invalid think value: ${given} (must be "high", "medium", "low", "max", true, or false)`,
  );
}

function checkKeepAlive(value: unknown): void {
  if (value === undefined || value === null || typeof value === 'number') return;
  if (typeof value === 'string') {
    if (/^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return;
    throw new Refusal(400, `time: invalid duration ${JSON.stringify(value)}`);
  }
  throw new Refusal(400, `Unsupported type: '${kindOf(value)}'`);
}

function parseMessage(value: unknown): FakeMessage {
  if (kindOf(value) !== 'object' || value === null) {
    throw mismatch(value, 'ChatRequest.messages', 'api.Message');
  }
  const message = value as Json;
  const at = 'ChatRequest.messages';
  const images = takeStrings(message, 'images', `${at}.images`);
  for (const image of images) {
    const bad = badBase64(image);
    if (bad >= 0) throw new Refusal(400, `illegal base64 data at input byte ${bad}`);
  }
  const calls = (take(message, 'tool_calls', 'array', `${at}.tool_calls`, '[]api.ToolCall') ??
    []) as unknown[];
  return {
    role: takeString(message, 'role', `${at}.role`).toLowerCase(),
    content: takeString(message, 'content', `${at}.content`),
    thinking: takeString(message, 'thinking', `${at}.thinking`),
    images,
    tool_calls: calls.map((call) => parseCall(call)),
    tool_name: takeString(message, 'tool_name', `${at}.tool_name`),
    tool_call_id: takeString(message, 'tool_call_id', `${at}.tool_call_id`),
  };
}

/** Index of the first byte that is not standard base64, or -1. Padding is required. */
function badBase64(text: string): number {
  const odd = text.search(/[^A-Za-z0-9+/=\r\n]/);
  if (odd >= 0) return odd;
  const body = text.replace(/[\r\n]/g, '');
  if (body.length % 4 !== 0) return body.length;
  return /^[^=]*={0,2}$/.test(body) ? -1 : body.indexOf('=');
}

function parseCall(value: unknown): NonNullable<FakeMessage['tool_calls']>[number] {
  const at = 'ChatRequest.messages.tool_calls';
  if (kindOf(value) !== 'object' || value === null) throw mismatch(value, at, 'api.ToolCall');
  const call = value as Json;
  const fn = (take(call, 'function', 'object', `${at}.function`, 'api.ToolCallFunction') ??
    {}) as Json;
  const args = take(
    fn,
    'arguments',
    'object',
    `${at}.function.arguments`,
    'api.ToolCallFunctionArguments',
  );
  return {
    id: takeString(call, 'id', `${at}.id`),
    function: {
      name: takeString(fn, 'name', `${at}.function.name`),
      arguments: (args ?? {}) as Json,
    },
  };
}

/** One entry of `tools`, as `api.Tool` takes it. */
export function parseTool(value: unknown): FakeTool {
  if (kindOf(value) !== 'object' || value === null) {
    throw mismatch(value, 'ChatRequest.tools', 'api.Tool');
  }
  const tool = value as Json;
  const at = 'ChatRequest.tools.function';
  const fn = (take(tool, 'function', 'object', at, 'api.ToolFunction') ?? {}) as Json;
  const parameters = (take(
    fn,
    'parameters',
    'object',
    `${at}.parameters`,
    'api.ToolFunctionParameters',
  ) ?? {}) as Json;
  takeString(parameters, 'type', `${at}.parameters.type`);
  takeStrings(parameters, 'required', `${at}.parameters.required`);
  parseProperties(parameters, `${at}.parameters.properties`);
  return {
    type: takeString(tool, 'type', 'ChatRequest.tools.type'),
    function: {
      name: takeString(fn, 'name', `${at}.name`),
      description: takeString(fn, 'description', `${at}.description`),
      parameters,
    },
  };
}

function parseProperties(parent: Json, field: string): void {
  const type = 'map[string]api.ToolProperty';
  const properties = take(parent, 'properties', 'object', field, type);
  for (const property of Object.values((properties ?? {}) as Json)) parseProperty(property, field);
}

/** `api.ToolProperty`; what stands in `items` is not looked at. */
function parseProperty(value: unknown, field: string): void {
  if (value === null) return;
  if (kindOf(value) !== 'object') throw mismatch(value, field, 'api.ToolProperty');
  const property = value as Json;
  const type = property['type'];
  if (Array.isArray(type)) takeStrings(property, 'type', `${field}.type`);
  else take(property, 'type', 'string', `${field}.type`, 'api.PropertyType');
  takeString(property, 'description', `${field}.description`);
  take(property, 'enum', 'array', `${field}.enum`, '[]interface {}');
  takeStrings(property, 'required', `${field}.required`);
  const branches = (take(property, 'anyOf', 'array', `${field}.anyOf`, '[]api.ToolProperty') ??
    []) as unknown[];
  for (const branch of branches) parseProperty(branch, `${field}.anyOf`);
  parseProperties(property, `${field}.properties`);
}

const INTEGERS = new Set([
  'num_ctx',
  'num_predict',
  'num_keep',
  'seed',
  'top_k',
  'repeat_last_n',
  'num_gpu',
]);
const FLOATS = new Set([
  'temperature',
  'top_p',
  'min_p',
  'typical_p',
  'repeat_penalty',
  'presence_penalty',
]);

/** `options` of the wrong type are a 500, unknown ones only a line in the server's log. */
export function checkOptions(options: Json): void {
  for (const [key, value] of Object.entries(options)) {
    if (INTEGERS.has(key) && (typeof value !== 'number' || !Number.isInteger(value))) {
      throw new Refusal(500, `option "${key}" must be of type integer`);
    }
    if (FLOATS.has(key) && typeof value !== 'number') {
      throw new Refusal(500, `option "${key}" must be of type float32`);
    }
    if (key === 'stop' && !Array.isArray(value)) {
      throw new Refusal(500, `option "stop" must be of type array`);
    }
  }
}
