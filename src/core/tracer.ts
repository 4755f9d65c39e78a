import { now } from './clock.js';
import { OstlerError, toErrorInfo } from './errors.js';
import type {
  HttpTrace,
  StdioTrace,
  TracedProcess,
  TracedRequest,
  Tracer,
  TraceRecord,
} from './trace.js';
import { createHider, type Hider } from './trace-secrets.js';
import { capText, createTextTrace, type TracedText } from './trace-text.js';

type WithoutTime<T> = T extends { t: number } ? Omit<T, 't'> : never;
type Write = (record: WithoutTime<TraceRecord>) => void;

interface Parts {
  id: number;
  hider: Hider;
  write: Write;
  /** What has to be flushed at the end. */
  open: Set<() => void>;
}

/** A tracer that hands every record on without secrets, at once and in order. */
export function createTracer(write: (record: TraceRecord) => void): Tracer {
  const start = now();
  const hider = createHider();
  const open = new Set<() => void>();
  let count = 0;
  const parts = (): Parts => {
    count += 1;
    return {
      id: count,
      hider,
      open,
      write: (record) => write({ t: rounded(now() - start), ...record }),
    };
  };
  return {
    http: (request) => traceHttp(request, parts()),
    stdio: (process) => traceStdio(process, parts()),
    flush() {
      for (const flush of open) flush();
      open.clear();
    },
  };
}

function traceHttp(request: TracedRequest, { id, hider, write, open }: Parts): HttpTrace {
  const begun = now();
  const ms = () => rounded(now() - begun);
  const headersOf = (headers: TracedRequest['headers']) =>
    headers.map(([name, value]) => [hider.text(name), hider.header(name, value)] as const);
  const { label, method, url, body } = request;
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body ?? []);
  // Headers first: what they carry is known to be secret from then on.
  const headers = headersOf(request.headers);
  write({
    type: 'request',
    id,
    ...label,
    method: hider.text(method),
    url: hider.text(url),
    headers,
    ...(bytes.length === 0 ? {} : bodyOf(capText(bytes.toString('utf8'), hider.text))),
    size: bytes.length,
  });

  let ended = false;
  let text = createTextTrace({ hide: hider.text, endless: false, write: (piece) => onText(piece) });
  const onText = ({ text: piece, truncated }: TracedText) =>
    write({ type: 'body', id, text: piece, ...mark(truncated) });
  const close = (last: () => void) => {
    if (ended) return;
    ended = true;
    open.delete(end);
    text.flush();
    last();
  };
  const end = (cut = true) =>
    close(() =>
      write({
        type: 'end',
        id,
        size: text.size,
        ms: ms(),
        ...(cut ? { cut } : {}),
        ...mark(text.truncated),
      }),
    );
  open.add(end);
  return {
    response(response) {
      if (isStream(response.headers)) {
        text = createTextTrace({ hide: hider.text, endless: true, write: onText });
      }
      write({
        type: 'response',
        id,
        status: response.status,
        statusText: hider.text(response.statusText),
        headers: headersOf(response.headers),
        ms: ms(),
      });
    },
    chunk(piece) {
      if (!ended) text.push(piece);
    },
    end: (cut = false) => end(cut),
    fail(error) {
      // We have given it up ourselves.
      if (error instanceof OstlerError && error.code === 'interrupted') return end();
      const message = hider.text(toErrorInfo(error).message);
      return close(() => write({ type: 'error', id, message, ms: ms() }));
    },
  };
}

function traceStdio(process: TracedProcess, { id, hider, write, open }: Parts): StdioTrace {
  const begun = now();
  const { server, command, args, pid } = process;
  write({
    type: 'start',
    id,
    kind: 'mcp',
    server,
    command: hider.text(command),
    args: argumentsOf(args, hider),
    ...(pid === undefined ? {} : { pid }),
  });
  const line = (type: 'stdin' | 'stdout', given: string) => {
    const { text, truncated } = capText(given, hider.text);
    write({ type, id, text, size: Buffer.byteLength(given), ...mark(truncated) });
  };
  const errors = createTextTrace({
    hide: hider.text,
    endless: true,
    write: ({ text, truncated }) =>
      write({ type: 'stderr', id, text, size: Buffer.byteLength(text), ...mark(truncated) }),
  });
  let ended = false;
  const flush = () => errors.flush();
  open.add(flush);
  return {
    stdin: (text) => line('stdin', text),
    stdout: (text) => line('stdout', text),
    stderr: (bytes) => errors.push(bytes),
    exit(what) {
      if (ended) return;
      ended = true;
      open.delete(flush);
      errors.flush();
      write({ type: 'exit', id, what: hider.text(what), ms: rounded(now() - begun) });
    },
  };
}

/** `--token x` and `--api-key=x` besides what is known. */
function argumentsOf(args: readonly string[], hider: Hider): string[] {
  return args.map((arg, at) => {
    const flag = /^--?([\w-]+)$/.exec(args[at - 1] ?? '')?.[1];
    if (flag !== undefined && !arg.startsWith('-')) return hider.header(flag, arg);
    const pair = /^(--?([\w-]+)=)(.*)$/s.exec(arg);
    if (pair === null) return hider.text(arg);
    return `${pair[1] ?? ''}${hider.header(pair[2] ?? '', pair[3] ?? '')}`;
  });
}

/** A body that may go on for ever: its lines are capped, not all of it. */
function isStream(headers: TracedRequest['headers']): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'content-type' && /event-stream|x-ndjson/i.test(value),
  );
}

function bodyOf({ text, truncated }: TracedText) {
  return { body: text, ...mark(truncated) };
}

function mark(truncated: boolean): { truncated?: true } {
  return truncated ? { truncated } : {};
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
