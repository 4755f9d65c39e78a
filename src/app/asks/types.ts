import type { ModelSettings, Settings } from '../../config/types.js';
import type { ChatAsks } from '../../core/chat.js';
import type { AgentEventBody } from '../../core/events.js';
import type { Model } from '../../model/types.js';
import type { Calls } from './calls.js';
import type { Turns } from './turns.js';

/** What servers may ask of a run, and who answers. */
export interface AskParts {
  settings: Pick<Settings, 'elicitation' | 'sampling'>;
  /** The person; a question that is left out cannot be asked, nor can any without a person. */
  person?: Partial<ChatAsks>;
  /** One question at a time, shared with whoever else asks the person. */
  turns: Turns;
  /** The calls that run now. */
  calls: Calls;
  emit: (event: AgentEventBody) => void;
  /** Milliseconds of a clock that only goes forward; by the machine's unless given. */
  now?: () => number;
}

/** The same with a model. */
export interface SamplingParts extends AskParts {
  model: AnsweringModel;
}

/** The model that answers for servers: the run's own, as it is set at that moment. */
export interface AnsweringModel {
  settings: () => ModelSettings;
  /** The same model with other settings. */
  create: (settings: ModelSettings) => Promise<Model>;
  /** Context window asked for so far, tokens: a change of it makes Ollama load the model anew. */
  numCtx?: () => number | undefined;
}
