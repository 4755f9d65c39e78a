import type { Calls } from '../../../../src/app/asks/calls.js';
import { createCalls } from '../../../../src/app/asks/calls.js';
import { createTurns } from '../../../../src/app/asks/turns.js';
import type { AskParts } from '../../../../src/app/asks/types.js';
import { DEFAULTS, type Settings } from '../../../../src/config/types.js';
import type { FormField, FormRequest, SamplingRequest } from '../../../../src/core/asks.js';
import type { AgentEventBody } from '../../../../src/core/events.js';

export interface Told {
  events: AgentEventBody[];
  parts: AskParts;
  calls: Calls;
}

type Given = Partial<Omit<AskParts, 'settings'>> & {
  settings?: Partial<Pick<Settings, 'elicitation' | 'sampling'>>;
};

/** Parts with the defaults, and everything they tell. */
export function told({ settings, ...given }: Given = {}): Told {
  const events: AgentEventBody[] = [];
  const calls = createCalls();
  const parts: AskParts = {
    turns: createTurns(),
    calls,
    emit: (event) => void events.push(event),
    settings: {
      elicitation: DEFAULTS.elicitation,
      sampling: DEFAULTS.sampling,
      ...settings,
    },
    ...given,
  };
  return { events, parts, calls };
}

export const NAME: FormField = { kind: 'text', name: 'name', required: true };

export function form(fields: readonly FormField[] = [NAME], more: object = {}): FormRequest {
  return {
    id: 'e1',
    server: 'docs',
    mode: 'form',
    message: 'Your name, please',
    fields,
    ...more,
  };
}

export function sampling(more: Partial<SamplingRequest> = {}): SamplingRequest {
  return {
    id: 's1',
    server: 'docs',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    maxTokens: 100,
    modelHints: [],
    tools: [],
    toolChoice: 'auto',
    ...more,
  };
}

export const quiet = new AbortController().signal;

export function warnings(events: readonly AgentEventBody[]): string[] {
  return events.flatMap((event) =>
    event.type === 'log' && event.level === 'warning' ? [event.message] : [],
  );
}
