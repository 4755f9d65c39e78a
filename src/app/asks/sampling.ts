import type {
  AnswerSampling,
  SamplingAnswer,
  SamplingRequest,
  SamplingReview,
  SamplingVerdict,
} from '../../core/asks.js';
import { now as clock } from '../../core/clock.js';
import { abortError, OstlerError, toErrorInfo } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';
import { createRate } from './rate.js';
import { hintedModel } from './hinted-model.js';
import { takeTurn } from './sampling-turn.js';
import { createTeller } from './tell.js';
import type { SamplingParts } from './types.js';

/**
 * Lets the model answer for servers: as often as the limits allow, after the person looked at what
 * is asked, and at what is answered, unless the mode or an earlier answer says that nobody has to.
 */
export function createSampling(parts: SamplingParts): AnswerSampling {
  const { settings, emit, calls, now = clock } = parts;
  const { mode, maxTokens: limit, perMinute, models } = settings.sampling;
  const rate = createRate(perMinute, now);
  const tell = createTeller(emit);
  /** Servers the person does not want to be asked about again. */
  const trusted = new Set<string>();

  function checkPolicy({ server }: SamplingRequest): void {
    if (mode === 'never') throw denied(server, 'may not use the model (--sampling never)');
    if (mode === 'ask' && parts.person?.reviewSampling === undefined && !trusted.has(server)) {
      tell(
        { server },
        'wanted an answer of the model, and nobody is here to allow it, so it got none. Allow it with --sampling auto.',
      );
      throw denied(server, 'may not use the model: nobody is here to allow it (--sampling ask)');
    }
    if (rate.allow(server)) return;
    tell(
      { server },
      `wants more than ${perMinute} answers of the model a minute, so it gets none for a while.`,
    );
    throw denied(server, `wants more than ${perMinute} answers of the model a minute`);
  }

  /** Returns the text that takes the answer's place, if the person wrote one. */
  async function review(asked: SamplingReview, signal: AbortSignal): Promise<string | undefined> {
    const { server } = asked.request;
    const ask = parts.person?.reviewSampling;
    if (mode === 'auto' || trusted.has(server) || ask === undefined) return undefined;
    const verdict = await parts.turns.take(
      // The person may have said so while this one waited.
      (): Promise<SamplingVerdict> =>
        trusted.has(server) ? Promise.resolve({ kind: 'once' }) : ask(asked, signal),
      signal,
    );
    if (verdict.kind === 'deny') throw denied(server, 'was denied an answer of the model');
    if (verdict.kind === 'session') trusted.add(server);
    return verdict.kind === 'once' ? verdict.text : undefined;
  }

  async function answer(request: SamplingRequest, told: Told, signal: AbortSignal) {
    checkPolicy(request);
    const { maxTokens } = told;
    const name = await hintedModel(request.modelHints, models, parts.model, signal);
    told.model = name ?? told.model;
    await review({ stage: 'request', request, model: told.model, maxTokens }, signal);
    const taking = takeTurn({ request, maxTokens, model: parts.model, name, signal });
    const turn = await withSignal(taking, signal);
    told.input = turn.usage.promptTokens;
    told.output = turn.usage.outputTokens;
    const text = await review({ stage: 'answer', request, answer: turn.answer }, signal);
    return text === undefined ? turn.answer : withText(turn.answer, text);
  }

  return async (request, signal) => {
    const { id, server } = request;
    const model = parts.model.settings().name;
    const maxTokens = Math.min(request.maxTokens, limit);
    const told: Told = { model, maxTokens, input: 0, output: 0 };
    const call = calls.only(server);
    emit({
      type: 'sampling',
      id,
      server,
      model,
      messages: request.messages.length,
      max_tokens: maxTokens,
      ...(call === undefined ? {} : { tool_id: call }),
    });
    const end = (result: Ending) =>
      emit({
        type: 'sampling_result',
        id,
        server,
        model: told.model,
        input_tokens: told.input,
        output_tokens: told.output,
        ...result,
      });
    try {
      const given = await answer(request, told, signal);
      end({ status: 'answered' });
      return given;
    } catch (error) {
      const why = signal.aborted ? abortError(signal) : error;
      const isDenied = why instanceof OstlerError && why.code === 'denied';
      end({ status: isDenied ? 'denied' : 'failed', error: toErrorInfo(why) });
      throw why;
    }
  };
}

/** What the events say of one request. */
interface Told {
  model: string;
  maxTokens: number;
  /** Tokens, as the model counted them. */
  input: number;
  output: number;
}

type Ending =
  | { status: 'answered' }
  | { status: 'denied' | 'failed'; error: ReturnType<typeof toErrorInfo> };

function withText(answer: SamplingAnswer, text: string): SamplingAnswer {
  const others = answer.content.filter(({ type }) => type !== 'text');
  return { ...answer, content: [{ type: 'text', text }, ...others] };
}

function denied(server: string, why: string): OstlerError {
  return new OstlerError('denied', `${server} ${why}.`, { server });
}
