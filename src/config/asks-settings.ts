import type { Layers } from './layers.js';
import { readNamedFile } from './read-files.js';
import { toRoots } from './roots.js';
import {
  DEFAULTS,
  type ElicitationMode,
  type ElicitationSettings,
  type RootFolder,
  type SamplingMode,
  type SamplingSettings,
} from './types.js';
import { BadValue, got, toOneOf, toText, toTexts, toWhole } from './values.js';

const ELICITATION: readonly ElicitationMode[] = ['ask', 'decline', 'cancel', 'accept-defaults'];
const SAMPLING: readonly SamplingMode[] = ['ask', 'auto', 'never'];

/** What servers get when they ask a person. Throws `config_invalid` for a file of answers that is none. */
export async function readElicitation({ read }: Layers): Promise<ElicitationSettings> {
  const mode = await read(
    { flags: ['onElicitation'], keys: ['onElicitation'] },
    toOneOf(ELICITATION),
  );
  const file = await read({ flags: ['answers'], keys: ['answers'] }, (raw, found) => {
    const name = toText(raw);
    return { name, text: readNamedFile(name, found) };
  });
  const { elicitation } = DEFAULTS;
  if (file === undefined) return { ...elicitation, mode: mode ?? elicitation.mode };
  const { parseAnswers } = await import('./answers.js');
  return { mode: mode ?? elicitation.mode, answers: await parseAnswers(file.text, file.name) };
}

/** More of them no server gets, whatever is written. */
const MOST_PER_MINUTE = 10;

function toPerMinute(raw: unknown): number {
  const count = toWhole(1)(raw);
  if (count > MOST_PER_MINUTE) throw new BadValue(`must be at most ${MOST_PER_MINUTE}${got(raw)}`);
  return count;
}

/** Whether servers get answers of the model, and how many. */
export async function readSampling({ read }: Layers): Promise<SamplingSettings> {
  const { sampling } = DEFAULTS;
  const mode = await read({ flags: ['sampling'], keys: ['sampling'] }, toOneOf(SAMPLING));
  const maxTokens = await read({ keys: ['samplingMaxTokens'] }, toWhole(1));
  const perMinute = await read({ keys: ['samplingPerMinute'] }, toPerMinute);
  const models = await read({ keys: ['samplingModels'] }, toTexts);
  return {
    mode: mode ?? sampling.mode,
    models: models ?? sampling.models,
    maxTokens: maxTokens ?? sampling.maxTokens,
    perMinute: perMinute ?? sampling.perMinute,
  };
}

/** The folders servers may know of without a question. */
export async function readRoots({ read }: Layers): Promise<readonly RootFolder[] | undefined> {
  return read({ flags: ['root'], keys: ['roots', 'root'] }, toRoots);
}
