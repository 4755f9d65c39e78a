import type { SamplingReview, SamplingVerdict } from '../../../core/asks.js';
import { choiceDialog } from '../asks/choice-dialog.js';
import type { Make } from '../asks/guard.js';
import type { Layer } from '../layers.js';
import { safeLine } from '../safe.js';
import { textMode, type TextMode } from '../text-mode.js';
import type { NoteLevel } from '../types.js';
import { answerRows, answerText, requestRows } from './content.js';

/** Shows a person what a server sends to the model, and what it would get (client/sampling#user-interaction-model). */
export function samplingDialog(review: SamplingReview): Make<SamplingVerdict> {
  return review.stage === 'request' ? requestDialog(review) : answerDialog(review);
}

type Stage<S extends SamplingReview['stage']> = Extract<SamplingReview, { stage: S }>;

function requestDialog(review: Stage<'request'>): Make<SamplingVerdict> {
  const { request, maxTokens } = review;
  const server = safeLine(request.server, 128);
  const limit = request.maxTokens > maxTokens ? `, it may have ${maxTokens}` : '';
  const model = safeLine(review.model, 100);
  return (settle) =>
    choiceDialog({
      title: `${server} asks the model ${model}`,
      notes: () => [
        ['info', `It wants up to ${request.maxTokens} tokens${limit}. You see the answer first.`],
      ],
      content: (frame) => requestRows(review, frame),
      choices: [
        { letter: 'y', words: 'Yes, once', short: 'Once', act: () => settle({ kind: 'once' }) },
        {
          letter: 's',
          words: `Yes, all of "${safeLine(request.server, 32)}" this session, without showing them`,
          short: 'Session',
          act: () => settle({ kind: 'session' }),
        },
        { letter: 'n', words: 'No', short: 'No', act: () => settle({ kind: 'deny' }) },
      ],
      selected: 2,
      leave: () => settle({ kind: 'deny' }),
      keys: 'Esc = no',
    });
}

function answerDialog({ request, answer }: Stage<'answer'>): Make<SamplingVerdict> {
  const server = safeLine(request.server, 128);
  const text = answerText(answer);
  const cut = answer.stopReason === 'maxTokens';
  const notes: readonly (readonly [NoteLevel, string])[] = cut
    ? [['warning', 'The answer ends at the limit of tokens.']]
    : [];
  return (settle) => {
    let edit: TextMode<SamplingVerdict> | undefined;
    const question = choiceDialog({
      title: `Send this answer of ${safeLine(answer.model, 100)} to ${server}?`,
      notes: () => notes,
      content: (frame) => answerRows(answer, frame),
      choices: [
        { letter: 'y', words: 'Yes, send it', short: 'Send', act: () => settle({ kind: 'once' }) },
        {
          letter: 'e',
          words: 'Edit its text first',
          short: 'Edit',
          act: () => {
            edit = editMode(text, server);
          },
        },
        {
          letter: 'n',
          words: 'No, send nothing',
          short: 'No',
          act: () => settle({ kind: 'deny' }),
        },
      ],
      selected: 2,
      leave: () => settle({ kind: 'deny' }),
      keys: 'Esc = no',
    });
    const layer: Layer = {
      key(key) {
        if (edit === undefined) return question.key(key);
        const result = edit.key(key);
        if (result === 'back') edit = undefined;
        else if (result !== undefined) settle(result.answer);
      },
      view: (maxRows, frame) => (edit ?? question).view(maxRows, frame),
    };
    return layer;
  };
}

function editMode(text: string, server: string): TextMode<SamplingVerdict> {
  return textMode<SamplingVerdict>({
    text,
    title: `Answer to ${server}`,
    keys: 'Enter sends it · Alt+Enter new line · Esc back',
    rows: Infinity,
    oneLine: false,
    accept: (edited) => ({
      answer: edited === text ? { kind: 'once' } : { kind: 'once', text: edited.toWellFormed() },
    }),
  });
}
