import { OstlerError, toErrorInfo } from '../../../core/errors.js';
import type { ServerStatus } from '../../../core/events.js';
import { plural } from '../transcript/amounts.js';
import { safeLine, textRows, titleRow } from '../safe.js';
import { eraWords, latencyWords, statusWords, transportWords } from '../server-status.js';
import { tableRows } from '../table.js';
import type { CommandContext } from '../types.js';
import { firstWord, requireServer } from './parts.js';
import { parseServerLine, type ServerLine } from './server-line.js';
import { nextStep, remarks } from './servers-list.js';

/** `/servers connect <url|name|-- command…> [flags]`. */
export function connectServer(args: string, context: CommandContext): Promise<void> {
  return connect(parseServerLine(args), context);
}

async function connect({ target, flags }: ServerLine, context: CommandContext): Promise<void> {
  const { chat, screen, signal } = context;
  const busy = screen.busy(`Connecting to ${describeTarget(target)}`);
  let status: ServerStatus;
  try {
    status = await chat.servers.connect(target, flags, signal);
  } catch (error) {
    throw withNextStep(error);
  } finally {
    busy.end();
  }
  screen.note('success', describeServer(status));
  if (status.notice !== undefined) screen.note('info', safeLine(status.notice));
}

/** Host of a URL, name, or program: a URL's user and query may be secrets. */
function describeTarget(target: string | readonly string[]): string {
  if (typeof target !== 'string') return safeLine(target[0] ?? '', 100);
  try {
    return safeLine(new URL(target).host || target.slice(0, target.indexOf(':')), 100);
  } catch {
    return safeLine(target.replace(/[?#].*$/s, '').replace(/^.*@/s, ''), 100);
  }
}

/** `shop: connected · HTTP · modern 2026-07-28 · 12 tools · 34 ms` */
export function describeServer(status: ServerStatus): string {
  const facts = [
    statusWords(status).words,
    transportWords(status),
    eraWords(status),
    plural(status.tools, 'tool'),
    latencyWords(status),
  ];
  return `${safeLine(status.name, 100)}: ${facts
    .filter((fact) => fact !== '')
    .map((fact) => safeLine(fact, 60))
    .join(' · ')}`;
}

/** The failure with what to type in the chat, where that is another thing than on the command line. */
function withNextStep(error: unknown): unknown {
  if (!(error instanceof OstlerError) || error.server === undefined) return error;
  const hint = nextStep({
    name: error.server,
    status: 'failed',
    tools: 0,
    error: toErrorInfo(error),
  });
  const { code, message, server, status, cause } = error;
  return new OstlerError(code, message, { hint, server, status, cause });
}

/** `/servers auth <name> [flags]`: what is sent and what came back, or other credentials. */
export async function authServer(args: string, context: CommandContext): Promise<void> {
  const [name, rest] = firstWord(args);
  const server = requireServer(context.chat, name);
  if (rest !== '') {
    const { flags } = parseServerLine(`server ${rest}`);
    await connect({ target: name, flags }, context);
    return;
  }
  const { chat, screen, signal } = context;
  const { address, headers, status, identity } = await chat.servers.details(server.name, signal);
  const frame = screen.frame();
  const answer = statusWords(status);
  screen.print([
    titleRow(status.name, frame),
    ...tableRows(frame, {
      rows: [
        ['address', address],
        ...(identity === undefined ? [] : [['identity', identity]]),
        ['last answer', { text: answer.words, role: answer.role }],
        ...(headers.length === 0
          ? [['headers', 'none']]
          : headers.map(([header, masked]) => [header, masked])),
      ],
    }),
    ...remarks(status, frame),
    ...(status.transport === 'stdio'
      ? textRows('A server on stdio gets its credentials from its environment.', frame, {
          role: 'dim',
        })
      : textRows(
          `Other ones: /servers auth ${safeLine(name, 60)} -H "Authorization: Bearer …"`,
          frame,
          { role: 'dim' },
        )),
  ]);
}
