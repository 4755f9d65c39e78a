import type { ElicitationMode, WrittenAnswer } from '../../config/types.js';
import type { AskElicitation, ElicitationAnswer, ElicitationRequest } from '../../core/asks.js';
import type { ElicitationResultEvent } from '../../core/events.js';
import { checkContent, defaultsOf } from '../../core/form.js';
import { redact } from '../../core/redact.js';
import { createTeller, excerpt } from './tell.js';
import type { AskParts } from './types.js';
import { findWritten, toElicitationAnswer } from './written.js';

interface Answered {
  answer: ElicitationAnswer;
  source: ElicitationResultEvent['source'];
}

const CALLED_OFF: Answered = { answer: { action: 'cancel' }, source: 'policy' };

export interface Elicitation {
  elicit: AskElicitation;
  /** Written answers that nothing was asked for. */
  unused: () => readonly WrittenAnswer[];
}

/** Answers elicitations: as it is written, as the mode says, or as the person does. */
export function createElicitation(parts: AskParts): Elicitation {
  const { settings, calls, emit } = parts;
  const { answers } = settings.elicitation;
  const used = new Set<WrittenAnswer>();
  const tell = createTeller(emit);

  async function decide(request: ElicitationRequest, signal: AbortSignal): Promise<Answered> {
    const written = findWritten(answers, request);
    if (written !== undefined) {
      used.add(written);
      return fromFile(written, request);
    }
    return byMode(request, signal);
  }

  function fromFile(written: WrittenAnswer, request: ElicitationRequest): Answered {
    const answer = toElicitationAnswer(written, request);
    if (!('problem' in answer)) return { answer, source: 'file' };
    const what = excerpt(request.message);
    tell(
      request,
      `asked "${what}", and the answer of ${written.where} does not fit, so it was declined: ${excerpt(answer.problem)}.`,
    );
    return { answer: { action: 'decline' }, source: 'file' };
  }

  async function byMode(request: ElicitationRequest, signal: AbortSignal): Promise<Answered> {
    const { mode } = settings.elicitation;
    const ask = parts.person?.elicit;
    if (mode === 'accept-defaults') return withDefaults(request);
    if (mode !== 'ask') return byPolicy(mode);
    if (ask !== undefined) return fromPerson(ask, request, signal);
    tell(
      request,
      `asked "${excerpt(request.message)}"${wants(request)}, and nobody is here to answer, so it was declined. ${way(request)}`,
    );
    return byPolicy('decline');
  }

  async function fromPerson(
    ask: AskElicitation,
    request: ElicitationRequest,
    signal: AbortSignal,
  ): Promise<Answered> {
    const answer = await parts.turns.take(() => ask(request, signal), signal);
    return { answer, source: 'user' };
  }

  function withDefaults(request: ElicitationRequest): Answered {
    if (request.mode === 'url') {
      tell(request, `asked to open a page of ${request.host}, which needs a person; declined.`);
      return byPolicy('decline');
    }
    const content = defaultsOf(request.fields);
    const problems = checkContent(request.fields, content);
    if (problems.length === 0) return { answer: { action: 'accept', content }, source: 'policy' };
    const names = problems.map(({ name, problem }) => `${name} ${problem}`).join(', ');
    tell(
      request,
      `asked "${excerpt(request.message)}", and its defaults are not enough, so it was declined: ${excerpt(names)}. Answer it with --answers FILE.`,
    );
    return byPolicy('decline');
  }

  return {
    unused: () => answers.filter((answer) => !used.has(answer)),
    async elicit(request, signal) {
      const { id, server } = request;
      emit(toEvent(request, calls.only(server)));
      let answered = CALLED_OFF;
      try {
        answered = await decide(request, signal);
        return answered.answer;
      } finally {
        const { action } = answered.answer;
        emit({ type: 'elicitation_result', id, server, action, source: answered.source });
      }
    },
  };
}

function byPolicy(action: Exclude<ElicitationMode, 'ask' | 'accept-defaults'>): Answered {
  return { answer: { action }, source: 'policy' };
}

function toEvent(request: ElicitationRequest, call: string | undefined) {
  const { id, server, mode, message } = request;
  return {
    type: 'elicitation',
    id,
    server,
    mode,
    message: redact(message),
    ...(request.mode === 'form'
      ? { fields: request.fields.map(({ name }) => redact(name)) }
      : { host: request.host }),
    ...(call === undefined ? {} : { tool_id: call }),
  } as const;
}

function wants(request: ElicitationRequest): string {
  if (request.mode === 'url') return ` (a page of ${request.host})`;
  const names = request.fields.map(({ name }) => name).join(', ');
  return names === '' ? '' : ` (${excerpt(names)})`;
}

function way(request: ElicitationRequest): string {
  if (request.mode === 'url') return 'A page needs a person: run it on a terminal.';
  const lacking = checkContent(request.fields, defaultsOf(request.fields));
  return lacking.length > 0
    ? 'Answer it with --answers FILE.'
    : 'Answer it with --answers FILE, or with --on-elicitation accept-defaults.';
}
