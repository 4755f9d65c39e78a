import type { ModelDetails } from '../../../core/chat.js';
import { abortError, toErrorInfo } from '../../../core/errors.js';
import { formatTokens, plural } from '../transcript/amounts.js';
import { safeLine, textRows } from '../safe.js';
import { statusWords } from '../server-status.js';
import type { Command, CommandContext, Frame, Rows } from '../types.js';
import { describeServer } from './servers-connect.js';
import { nextStep } from './servers-list.js';

/** One thing that has to be right. */
interface Rung {
  state: 'ok' | 'warning' | 'failed';
  text: string;
  next?: string | undefined;
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'is everything there that a chat needs, and what to do where not',
  async run(_args, context) {
    const busy = context.screen.busy('Looking at the model and the servers');
    try {
      const [model, servers] = await Promise.all([modelRungs(context), serverRungs(context)]);
      const rungs = [...model, ...servers, toolRung(context), terminalRung(context)];
      const frame = context.screen.frame();
      context.screen.print(rungs.flatMap((rung) => rungRows(rung, frame)));
    } finally {
      busy.end();
    }
  },
};

const GLYPHS = { ok: '✓', warning: '!', failed: '✗' } as const;
const WORDS = { ok: 'Good:', warning: 'Warning:', failed: 'Failed:' } as const;
const ROLES = { ok: 'success', warning: 'warning', failed: 'error' } as const;

function rungRows({ state, text, next }: Rung, frame: Frame): Rows {
  const mark = frame.screenReader ? WORDS[state] : GLYPHS[state];
  const arrow = frame.screenReader ? 'Next:' : '→';
  const paint = (row: string) => (state === 'ok' ? row : frame.theme.paint(ROLES[state], row));
  const rows = frame.screenReader
    ? textRows(`${mark} ${text}`, frame, { maxRows: 5 })
    : textRows(text, frame, { indent: 2, maxRows: 5 });
  const marked = rows.map((row, at) => (at === 0 ? row.replace(/^ {2}/, `${mark} `) : row));
  return [
    ...marked.map(paint),
    ...(next === undefined
      ? []
      : textRows(`${arrow} ${next}`, frame, { role: 'accent', indent: 2, maxRows: 3 })),
  ];
}

/** The host answers; the model is there; it can call tools; its window. */
async function modelRungs({ chat, signal }: CommandContext): Promise<Rung[]> {
  const host = safeLine(chat.model.host, 200);
  const name = safeLine(chat.model.name, 100);
  const [models, details] = await Promise.allSettled([
    chat.model.list(signal),
    chat.model.details(signal),
  ]);
  if (signal.aborted) throw abortError(signal);
  const rungs: Rung[] = [];
  if (models.status === 'fulfilled') {
    const count = plural(models.value.length, 'model');
    rungs.push({ state: 'ok', text: `The model's host answers: ${host}, ${count}` });
  } else {
    rungs.push(failure(models.reason, `Is Ollama up at ${host}? ollama serve`));
  }
  if (details.status === 'fulfilled') return [...rungs, ...detailRungs(details.value)];
  // One reason is told once.
  const same =
    models.status === 'rejected' && messageOf(models.reason) === messageOf(details.reason);
  return same
    ? rungs
    : [...rungs, failure(details.reason, `/pull ${name}, or /model for another one`)];
}

function detailRungs({ name, tools, contextLength, defaultNumCtx }: ModelDetails): Rung[] {
  const shown = safeLine(name, 100);
  return [
    tools
      ? { state: 'ok', text: `${shown} is there and can call tools` }
      : { state: 'failed', text: `${shown} cannot call tools`, next: '/model for another one' },
    contextLength > 0
      ? { state: 'ok', text: `Context: ${windowWords(contextLength, defaultNumCtx)}` }
      : {
          state: 'warning',
          text: 'The context length of the model is not known',
          next: '/set num_ctx 8192',
        },
  ];
}

function windowWords(contextLength: number, own: number | undefined): string {
  const most = `${formatTokens(contextLength)} tokens at most`;
  return own === undefined ? most : `${most}, ${formatTokens(own)} by the model's own default`;
}

function messageOf(error: unknown): string {
  return toErrorInfo(error).message;
}

function failure(error: unknown, next: string): Rung {
  const { message, hint } = toErrorInfo(error);
  return { state: 'failed', text: safeLine(message), next: safeLine(hint ?? next) };
}

function serverRungs({ chat, signal }: CommandContext): Promise<Rung[]> {
  return Promise.all(
    chat.servers.list().map(async (server): Promise<Rung> => {
      const name = safeLine(server.name, 60);
      const { words } = statusWords(server);
      switch (server.status) {
        case 'connected':
          try {
            const ms = await chat.servers.ping(server.name, signal);
            return { state: 'ok', text: describeServer({ ...server, latency_ms: ms }) };
          } catch (error) {
            if (signal.aborted) throw abortError(signal);
            return failure(error, `/servers reload ${name}`);
          }
        case 'failed': {
          const why = server.error === undefined ? '' : `: ${safeLine(server.error.message)}`;
          return {
            state: 'failed',
            text: `${name} ${words}${why}`,
            next: safeLine(nextStep(server)),
          };
        }
        case 'connecting':
        case 'reconnecting':
          return { state: 'warning', text: `${name}: ${words}`, next: 'Look again: /servers' };
        case 'disabled':
        case 'closed':
          return { state: 'warning', text: `${name}: ${words}`, next: `/servers connect ${name}` };
      }
    }),
  );
}

function toolRung({ chat }: CommandContext): Rung {
  const { tools } = chat.info;
  const all = chat.tools.list().length;
  if (tools > 0)
    return { state: 'ok', text: `The model is offered ${plural(tools, 'tool')} of ${all}` };
  if (all > 0)
    return { state: 'warning', text: 'All tools are switched off', next: '/tools enable *' };
  return { state: 'warning', text: 'There are no tools', next: '/servers connect https://…' };
}

function terminalRung({ screen }: CommandContext): Rung {
  const { columns, rows, theme, hyperlinks, screenReader } = screen.frame();
  const facts = [
    `${columns + 1} × ${rows}`,
    theme.colors ? `colours for a ${theme.name} background` : 'no colours',
    hyperlinks ? 'links' : 'no links',
    ...(screenReader ? ['screen reader'] : []),
  ];
  const text = `Terminal: ${facts.join(', ')}`;
  const isSmall = columns < 40 || rows < 10;
  return isSmall
    ? { state: 'warning', text, next: 'Make it larger; 80 × 24 is good' }
    : { state: 'ok', text };
}
