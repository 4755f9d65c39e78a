/** Every way Ollama says no, as an `OstlerError` that tells what happened and what to type next. */
import { OstlerError, type ErrorCode } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { errorTextOf } from './ollama-wire.js';

/** A refusal as it came in. */
export interface Refusal {
  /** Scheme, host and port, for the message. */
  origin: string;
  /** The model asked for. */
  model: string;
  /** 0 = in the middle of a stream. */
  status: number;
  /** The start of the body, or the text of an `error` line. */
  body: string;
  contentType: string;
  /** Credentials were sent along. */
  withCredentials: boolean;
}

interface Known {
  code: ErrorCode;
  message: string;
  hint?: string;
}

const MAX_TEXT = 300;

/** A server's text for a message of ours: one line, no secret, no control character, cut. */
export function quoteServer(text: string, max = MAX_TEXT): string {
  const line = toTerminalLine(redact(text).replace(/\s+/g, ' ').trim());
  return line.length > max ? `${line.slice(0, max)}…` : line;
}

export function toModelError(refusal: Refusal): OstlerError {
  const parsed = parseBody(refusal.body);
  const text = parsed === undefined ? refusal.body : (errorTextOf(parsed['error']) ?? refusal.body);
  const known =
    bySignIn(refusal, parsed) ??
    (parsed === undefined && refusal.status > 0 ? byPage(refusal) : undefined) ??
    byText(refusal, text) ??
    byStatus(refusal, text);
  return new OstlerError(known.code, known.message, {
    hint: known.hint,
    ...(refusal.status > 0 ? { status: refusal.status } : {}),
  });
}

function parseBody(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** 401 of Ollama's cloud names a page to sign in at. */
function bySignIn(
  { status, model }: Refusal,
  parsed: Record<string, unknown> | undefined,
): Known | undefined {
  const url = parsed?.['signin_url'];
  if (status !== 401 || typeof url !== 'string') return undefined;
  const shown =
    URL.canParse(url) && new URL(url).protocol === 'https:' ? quoteServer(url, 512) : '';
  return {
    code: 'model_signin',
    message: `${quoteServer(model)} runs in Ollama's cloud, and this Ollama is not signed in.`,
    hint: `Run \`ollama signin\`${shown === '' ? '' : `, or open ${shown}`}.`,
  };
}

/** Answers that are not Ollama's JSON: another server, a proxy, an old release. */
function byPage({
  status,
  origin,
  body,
  contentType,
  withCredentials,
}: Refusal): Known | undefined {
  const html = contentType.includes('html') || body.trimStart().startsWith('<');
  if (status === 401 || status === 407 || (status === 403 && body !== '')) {
    return {
      code: withCredentials ? 'auth_rejected' : 'auth_required',
      message: `${origin} wants ${withCredentials ? 'other ' : ''}credentials for the model (HTTP ${status}).`,
      hint: 'Give them with --model-header "Authorization: …".',
    };
  }
  if (status === 403) {
    return {
      code: 'model_unreachable',
      message: `Ollama at ${origin} refuses this host name (HTTP 403, empty): bound to loopback, it answers to local names only.`,
      hint: 'Start it with OLLAMA_HOST=0.0.0.0 on its machine, or use --model-header "Host: localhost:11434".',
    };
  }
  if (status === 404 || status === 405) {
    return {
      code: 'model_failed',
      message: `${origin} has no Ollama API (HTTP ${status}): another server, a wrong path, or a very old Ollama.`,
      hint: 'Check --host or OLLAMA_HOST: the base URL, without /api or /v1.',
    };
  }
  if (!html) return undefined;
  return {
    code: 'model_failed',
    message: `${origin} answered with a web page (HTTP ${status}), not with Ollama's JSON.`,
    hint: 'A proxy or another server stands there; check --host or OLLAMA_HOST.',
  };
}

const RULES: readonly (readonly [RegExp, (name: string, text: string) => Known])[] = [
  [
    /does not support tools/i,
    (name) => ({
      code: 'model_no_tools',
      message: `${name} cannot call tools.`,
      hint: 'Use a model that can (`-m llama3.1`, `-m qwen3:4b`), or run with --no-tools.',
    }),
  ],
  [
    /does not support thinking/i,
    (name) => ({
      code: 'model_no_thinking',
      message: `${name} cannot think.`,
      hint: 'Leave --think out, or use a thinking model (`-m qwen3:4b`).',
    }),
  ],
  [
    /does not support (chat|generate)/i,
    (name) => ({
      code: 'model_failed',
      message: `${name} is not a chat model.`,
      hint: 'Use a chat model, e.g. `-m llama3.1`.',
    }),
  ],
  [
    /exceeds? the (available )?context (size|length|window)|exceed_context_size|input length exceeds/i,
    (_, text) => contextError(text),
  ],
  [
    /maximum pending requests|server busy/i,
    () => ({
      code: 'model_busy',
      message: "Ollama's queue is full.",
      hint: 'Try again in a moment, or raise OLLAMA_MAX_QUEUE on the server.',
    }),
  ],
  [
    /model ["'].*["'] not found|model manifest: file does not exist|^file does not exist$/i,
    (name) => ({ code: 'model_missing', message: `${name} is not installed.` }),
  ],
  [
    /out of memory|more system memory|insufficient memory|cudaMalloc|unable to allocate|failed to allocate/i,
    (name, text) => ({
      code: 'model_failed',
      message: `${name} does not fit into memory: ${text}`,
      hint: 'Use a smaller model, or a smaller context (`--num-ctx 4096`).',
    }),
  ],
  [
    /runner (process )?(has )?(unexpectedly )?(stopped|terminated|no longer running)/i,
    (name, text) => ({
      code: 'model_failed',
      message: `${name} crashed: ${text}`,
      hint: "Often memory: try a smaller model or `--num-ctx 4096`; the server's log tells more.",
    }),
  ],
  [
    /failed to parse json|invalid tool call arguments|error parsing tool call/i,
    (name, text) => ({
      code: 'model_failed',
      message: `${name} wrote a tool call that Ollama could not read: ${text}`,
      hint: 'Try again; small models do this now and then.',
    }),
  ],
  [
    /^option ["']|invalid option/i,
    (_, text) => ({
      code: 'config_invalid',
      message: `Ollama refuses a model option: ${text}`,
      hint: "Check the model's options in the config.",
    }),
  ],
  [
    /^template:|template error|error in template/i,
    (name, text) => ({
      code: 'model_failed',
      message: `The chat template of ${name} failed: ${text}`,
      hint: 'Pull the model again, or use another.',
    }),
  ],
  [
    /token repeat limit/i,
    (name, text) => ({
      code: 'model_broke_off',
      message: `${name} repeated itself and was stopped: ${text}`,
      hint: 'Try again, or raise the temperature.',
    }),
  ],
];

function byText({ model, body }: Refusal, text: string): Known | undefined {
  // Both: llama-server's own JSON may stand inside the text.
  const rule = RULES.find(([pattern]) => pattern.test(text.slice(0, 8192)));
  return rule?.[1](quoteServer(model), quoteServer(text === '' ? body : text));
}

/** Ollama up to 0.24 names no sizes; llama-server's JSON inside the error names both. */
function contextError(text: string): Known {
  const sent = /n_prompt_tokens\W+(\d+)/.exec(text)?.[1] ?? /\((\d+) tokens\)/.exec(text)?.[1];
  const holds = /n_ctx\W+(\d+)/.exec(text)?.[1] ?? /context size \((\d+) tokens\)/.exec(text)?.[1];
  const sizes =
    sent === undefined || holds === undefined
      ? 'it exceeds the context window'
      : `${sent} tokens, and the context window holds ${holds}`;
  const next = 2 ** Math.ceil(Math.log2(Math.max(Number(sent ?? 0) * 1.25, 8192)));
  return {
    code: 'model_context',
    message: `The prompt is too long for the model: ${sizes}.`,
    hint: `Raise the window (\`--num-ctx ${next}\`), offer fewer tools, or start a new conversation.`,
  };
}

function byStatus({ status, origin }: Refusal, text: string): Known {
  const said = text.trim() === '' ? '' : `: ${quoteServer(text)}`;
  switch (status) {
    case 0:
      return { code: 'model_failed', message: `The model failed in mid-answer${said}` };
    case 401:
    case 403:
      return {
        code: status === 401 ? 'auth_required' : 'model_failed',
        message: `${origin} does not allow this (HTTP ${status})${said}`,
        hint: 'Check --model-header, or run `ollama signin`.',
      };
    case 429:
      return {
        code: 'model_busy',
        message: `${origin} has too many requests (HTTP 429)${said}`,
        hint: 'Try again later.',
      };
    case 499:
      return {
        code: 'model_broke_off',
        message: `Ollama cancelled the request (HTTP 499)${said}`,
        hint: 'Try again.',
      };
    case 502:
      return {
        code: 'model_unreachable',
        message: `Ollama cannot reach what runs the model (HTTP 502)${said}`,
        hint: 'Cloud models need the network; try again, or use a local model.',
      };
    case 503:
      return {
        code: 'model_busy',
        message: `${origin} is not available now (HTTP 503)${said}`,
        hint: 'Try again in a moment.',
      };
    default:
      return {
        code: 'model_failed',
        message: `Ollama refused the request (HTTP ${status})${said}`,
      };
  }
}
