import type { ErrorInfo } from '../../../src/core/errors.js';
import type {
  AgentEvent,
  ResultImage,
  ServerStatus,
  ToolCallSummary,
  Usage,
} from '../../../src/core/events.js';

/**
 * Every event type once, with every field it can have; test/fixtures/events.golden.ndjson holds the
 * same as text. The compiler refuses this file when it and src/core/events.ts part ways.
 */
const timestamp = '2026-11-23T10:49:00.000Z';

const server: Required<ServerStatus> = {
  name: 'math',
  status: 'failed',
  tools: 2,
  transport: 'sse',
  era: 'legacy',
  protocol_version: '2024-11-05',
  connect_ms: 41,
  latency_ms: 8,
  credentials: 'headers',
  notice: 'POST answered 405, so SSE was used',
  error: {
    code: 'auth_rejected',
    message: 'token rejected by math (HTTP 401).',
    hint: 'Check the header.',
    server: 'math',
    status: 401,
  },
};

const call: Required<ToolCallSummary> = {
  id: 'call_1',
  server: 'math',
  tool: 'add_numbers',
  arguments: { number1: 2, number2: 3 },
  status: 'success',
  duration_ms: 12,
};

const image: Required<ResultImage> = {
  mime_type: 'image/png',
  size: 70,
  path: '/home/me/.cache/ostler/images/5f70bf18a0860070.png',
};

const usage: Required<Usage> = {
  input_tokens: 412,
  output_tokens: 38,
  total_duration_ms: 934,
  eval_rate: 52.1,
  context_tokens: 8192,
};

export const GOLDEN = [
  {
    type: 'init',
    timestamp,
    session_id: '0b6d5f0e-7f0a-4c53-9d0a-2f6c3f0f3b1e',
    model: 'llama3.1',
    version: '0.1.0',
    servers: [{ name: 'math', status: 'connected', tools: 2 }],
  },
  {
    type: 'message',
    timestamp,
    id: 'msg_0',
    role: 'user',
    content: 'Help us to add 2 and 3.',
    delta: false,
  },
  { type: 'thinking', timestamp, id: 'msg_1', content: 'There is a tool for that.', delta: true },
  {
    type: 'tool_use',
    timestamp,
    tool_id: 'call_1',
    server: 'math',
    tool_name: 'add_numbers',
    parameters: { number1: 2, number2: 3 },
  },
  {
    type: 'approval',
    timestamp,
    tool_id: 'call_1',
    decision: 'deny',
    source: 'rule',
    reason: 'denied by the rule "math/*"',
    parameters: { number1: 2, number2: 4 },
  },
  {
    type: 'tool_progress',
    timestamp,
    tool_id: 'call_1',
    progress: 1,
    total: 2,
    message: 'adding',
  },
  {
    type: 'tool_result',
    timestamp,
    tool_id: 'call_1',
    status: 'success',
    output: '5',
    structured: { result: 5 },
    images: [image],
    duration_ms: 12,
  },
  { type: 'server', timestamp, server },
  {
    type: 'tools_changed',
    timestamp,
    server: 'math',
    added: ['multiply'],
    removed: ['say_hello'],
    changed: ['add_numbers'],
  },
  { type: 'resource_updated', timestamp, server: 'math', uri: 'math://constants/pi' },
  {
    type: 'elicitation',
    timestamp,
    id: 'elicitation_1',
    server: 'math',
    mode: 'form',
    message: 'How many digits?',
    fields: ['digits'],
    host: 'login.example.com',
    tool_id: 'call_1',
  },
  {
    type: 'elicitation_result',
    timestamp,
    id: 'elicitation_1',
    server: 'math',
    action: 'accept',
    source: 'file',
  },
  {
    type: 'sampling',
    timestamp,
    id: 'sampling_1',
    server: 'math',
    model: 'llama3.1',
    messages: 1,
    max_tokens: 100,
    tool_id: 'call_1',
  },
  {
    type: 'sampling_result',
    timestamp,
    id: 'sampling_1',
    server: 'math',
    model: 'llama3.1',
    status: 'denied',
    input_tokens: 0,
    output_tokens: 0,
    error: { code: 'denied', message: 'math may not ask the model (--sampling never).' },
  },
  {
    type: 'login',
    timestamp,
    server: 'math',
    host: 'login.example.com',
    status: 'failed',
    error: { code: 'auth_required', message: 'Nobody logged in to math.' },
  },
  {
    type: 'log',
    timestamp,
    level: 'warning',
    message: 'The answer reached the token limit and is cut off.',
    server: 'math',
    data: { limit: 128 },
  },
  {
    type: 'error',
    timestamp,
    severity: 'error',
    code: 'server_unreachable',
    message: 'Cannot reach http://127.0.0.1:8808: nothing listens there (ECONNREFUSED).',
    hint: 'Start the server.',
    server: 'math',
    status: 502,
  },
  {
    type: 'result',
    timestamp,
    status: 'error',
    response: '2 and 3 make 5.',
    session_id: '0b6d5f0e-7f0a-4c53-9d0a-2f6c3f0f3b1e',
    model: 'llama3.1',
    turns: 2,
    tool_calls: [call],
    usage,
    error: { code: 'timeout', message: 'The run took longer than 1 s.' },
    warnings: ['The answer reached the token limit and is cut off.'],
  },
] as const satisfies readonly AgentEvent[];

type RequiredKey<T> = {
  [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K> ? never : K;
}[keyof T];
type Fields<T> = Record<RequiredKey<T>, 'always'> &
  Record<Exclude<keyof T, RequiredKey<T>>, 'sometimes'>;
type EventOf<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>;

interface PartShapes {
  error_info: Fields<ErrorInfo>;
  server_status: Fields<ServerStatus>;
  tool_call_summary: Fields<ToolCallSummary>;
  result_image: Fields<ResultImage>;
  usage: Fields<Usage>;
}

const always = 'always';
const sometimes = 'sometimes';
const base = { type: always, timestamp: always } as const;
const info = {
  code: always,
  message: always,
  hint: sometimes,
  server: sometimes,
  status: sometimes,
} as const;

/** Which fields each shape has and whether they are always there; checked by the compiler against the types. */
export const SHAPES: PartShapes & { [T in AgentEvent['type']]: Fields<EventOf<T>> } = {
  error_info: info,
  server_status: {
    name: always,
    status: always,
    tools: always,
    transport: sometimes,
    era: sometimes,
    protocol_version: sometimes,
    connect_ms: sometimes,
    latency_ms: sometimes,
    credentials: sometimes,
    notice: sometimes,
    error: sometimes,
  },
  tool_call_summary: {
    id: always,
    server: always,
    tool: always,
    arguments: always,
    status: always,
    duration_ms: always,
  },
  result_image: { mime_type: always, size: always, path: sometimes },
  usage: {
    input_tokens: always,
    output_tokens: always,
    total_duration_ms: always,
    eval_rate: always,
    context_tokens: always,
  },
  init: { ...base, session_id: always, model: always, version: always, servers: always },
  message: { ...base, id: always, role: always, content: always, delta: always },
  thinking: { ...base, id: always, content: always, delta: always },
  tool_use: { ...base, tool_id: always, server: always, tool_name: always, parameters: always },
  approval: {
    ...base,
    tool_id: always,
    decision: always,
    source: always,
    reason: sometimes,
    parameters: sometimes,
  },
  tool_progress: {
    ...base,
    tool_id: always,
    progress: always,
    total: sometimes,
    message: sometimes,
  },
  tool_result: {
    ...base,
    tool_id: always,
    status: always,
    output: always,
    structured: sometimes,
    images: sometimes,
    duration_ms: always,
  },
  server: { ...base, server: always },
  tools_changed: {
    ...base,
    server: always,
    added: always,
    removed: always,
    changed: always,
  },
  resource_updated: { ...base, server: always, uri: always },
  elicitation: {
    ...base,
    id: always,
    server: always,
    mode: always,
    message: always,
    fields: sometimes,
    host: sometimes,
    tool_id: sometimes,
  },
  elicitation_result: { ...base, id: always, server: always, action: always, source: always },
  sampling: {
    ...base,
    id: always,
    server: always,
    model: always,
    messages: always,
    max_tokens: always,
    tool_id: sometimes,
  },
  sampling_result: {
    ...base,
    id: always,
    server: always,
    model: always,
    status: always,
    input_tokens: always,
    output_tokens: always,
    error: sometimes,
  },
  login: { ...base, server: always, host: always, status: always, error: sometimes },
  log: { ...base, level: always, message: always, server: sometimes, data: sometimes },
  error: { ...base, severity: always, ...info },
  result: {
    ...base,
    status: always,
    response: always,
    session_id: always,
    model: always,
    turns: always,
    tool_calls: always,
    usage: always,
    error: always,
    warnings: always,
  },
};

type Choices<Values extends string> = { [V in Values]: true };

/** Closed sets of words, by the place in the schema; checked by the compiler against the types. */
export const CHOICES: {
  'server_status.status': Choices<ServerStatus['status']>;
  'server_status.transport': Choices<NonNullable<ServerStatus['transport']>>;
  'server_status.era': Choices<NonNullable<ServerStatus['era']>>;
  'server_status.credentials': Choices<NonNullable<ServerStatus['credentials']>>;
  tool_status: Choices<ToolCallSummary['status']>;
  'message.role': Choices<EventOf<'message'>['role']>;
  'approval.decision': Choices<EventOf<'approval'>['decision']>;
  'approval.source': Choices<EventOf<'approval'>['source']>;
  'elicitation.mode': Choices<EventOf<'elicitation'>['mode']>;
  'elicitation_result.action': Choices<EventOf<'elicitation_result'>['action']>;
  'elicitation_result.source': Choices<EventOf<'elicitation_result'>['source']>;
  'sampling_result.status': Choices<EventOf<'sampling_result'>['status']>;
  'login.status': Choices<EventOf<'login'>['status']>;
  'log.level': Choices<EventOf<'log'>['level']>;
  'error.severity': Choices<EventOf<'error'>['severity']>;
  'result.status': Choices<EventOf<'result'>['status']>;
} = {
  'server_status.status': {
    connecting: true,
    connected: true,
    reconnecting: true,
    failed: true,
    disabled: true,
    closed: true,
  },
  'server_status.transport': { stdio: true, sse: true, http: true },
  'server_status.era': { legacy: true, modern: true },
  'server_status.credentials': { none: true, headers: true, oauth: true },
  tool_status: { success: true, error: true, denied: true, cancelled: true },
  'message.role': { user: true, assistant: true },
  'approval.decision': { allow: true, deny: true },
  'approval.source': { policy: true, rule: true, user: true },
  'elicitation.mode': { form: true, url: true },
  'elicitation_result.action': { accept: true, decline: true, cancel: true },
  'elicitation_result.source': { user: true, policy: true, file: true },
  'sampling_result.status': { answered: true, denied: true, failed: true },
  'login.status': { asked: true, waiting: true, done: true, cancelled: true, failed: true },
  'log.level': { debug: true, info: true, warning: true, error: true },
  'error.severity': { warning: true, error: true },
  'result.status': { success: true, error: true },
};
