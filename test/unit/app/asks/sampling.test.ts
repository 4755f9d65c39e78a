import { describe, expect, it } from 'vitest';
import { createSampling } from '../../../../src/app/asks/sampling.js';
import type { AnsweringModel } from '../../../../src/app/asks/types.js';
import {
  DEFAULTS,
  type ModelSettings,
  type SamplingSettings,
} from '../../../../src/config/types.js';
import type { ReviewSampling, SamplingReview, SamplingVerdict } from '../../../../src/core/asks.js';
import { OstlerError } from '../../../../src/core/errors.js';
import type { ChatRequest, ModelChunk, ModelInfo } from '../../../../src/model/types.js';
import { quiet, sampling, told, warnings } from './asks-helper.js';

const INFO: ModelInfo = {
  name: 'llama3.1',
  tools: true,
  vision: false,
  thinking: false,
  contextLength: 131_072,
  hidesToolsAfterResult: false,
};
const SETTINGS: ModelSettings = {
  name: 'llama3.1',
  host: 'http://127.0.0.1:1',
  headers: [],
  insecure: false,
  options: { temperature: 0.7, num_predict: -1, seed: 7 },
  format: { type: 'object' },
};

const done = (reason: 'stop' | 'length' = 'stop'): ModelChunk => ({
  type: 'done',
  reason,
  usage: { promptTokens: 12, outputTokens: 34, evalMs: 1, loadMs: 0 },
});
const say = (text: string, reason?: 'stop' | 'length'): ModelChunk[] => [
  { type: 'text', text },
  done(reason),
];

interface Setup {
  sampling?: Partial<SamplingSettings>;
  settings?: Partial<ModelSettings>;
  chunks?: readonly ModelChunk[];
  info?: Partial<ModelInfo>;
  review?: (review: SamplingReview) => SamplingVerdict;
  installed?: readonly string[];
  now?: () => number;
}

function setup(given: Setup = {}) {
  const created: ModelSettings[] = [];
  const requests: ChatRequest[] = [];
  const reviews: SamplingReview[] = [];
  const reviewSampling: ReviewSampling = async (review) => {
    reviews.push(review);
    return given.review?.(review) ?? { kind: 'once' };
  };
  const model: AnsweringModel = {
    settings: () => ({ ...SETTINGS, ...given.settings }),
    async create(settings) {
      created.push(settings);
      return {
        name: settings.name,
        async describe() {
          if (given.installed?.includes(settings.name) === false) {
            throw new OstlerError('model_missing', 'not there');
          }
          return { ...INFO, ...given.info };
        },
        async *chat(request) {
          requests.push(request);
          yield* given.chunks ?? say('Hi.');
        },
      };
    },
  };
  const parts = told({
    settings: { sampling: { ...DEFAULTS.sampling, ...given.sampling } },
    ...(given.review === undefined ? {} : { person: { reviewSampling } }),
    ...(given.now === undefined ? {} : { now: given.now }),
  });
  const sample = createSampling({ ...parts.parts, model });
  return { ...parts, sample, created, requests, reviews };
}

const auto = (given: Setup = {}) =>
  setup({ ...given, sampling: { mode: 'auto', ...given.sampling } });

describe('an answer of the model', () => {
  it('is of the server’s words alone, within our limit', async () => {
    const { sample, requests, created, events } = auto();
    const answer = await sample(
      sampling({
        maxTokens: 1_000_000,
        systemPrompt: 'Be brief.',
        temperature: 99,
        stopSequences: Array.from({ length: 100 }, (_, at) => `stop ${at}`),
      }),
      quiet,
    );
    expect(answer).toEqual({
      model: 'llama3.1',
      content: [{ type: 'text', text: 'Hi.' }],
      stopReason: 'endTurn',
    });
    expect(requests[0]).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      tools: [],
    });
    expect(created[0]?.options).toMatchObject({ num_predict: 4096, temperature: 2, seed: 7 });
    expect(created[0]?.options['stop']).toHaveLength(16);
    expect(created[0]).not.toHaveProperty('format');
    expect(events).toEqual([
      {
        type: 'sampling',
        id: 's1',
        server: 'docs',
        model: 'llama3.1',
        messages: 1,
        max_tokens: 4096,
      },
      {
        type: 'sampling_result',
        id: 's1',
        server: 'docs',
        model: 'llama3.1',
        status: 'answered',
        input_tokens: 12,
        output_tokens: 34,
      },
    ]);
  });

  it('is as short as the server, or the person, wants it', async () => {
    const small = auto();
    await small.sample(sampling({ maxTokens: 20 }), quiet);
    expect(small.created[0]?.options['num_predict']).toBe(20);
    const own = auto({ settings: { options: { num_predict: 5 } } });
    await own.sample(sampling({ maxTokens: 20 }), quiet);
    expect(own.created[0]?.options['num_predict']).toBe(5);
  });

  it('that is cut off says so', async () => {
    const { sample } = auto({ chunks: say('Once upon', 'length') });
    expect(await sample(sampling(), quiet)).toMatchObject({ stopReason: 'maxTokens' });
  });
});

describe('tools of the server', () => {
  const tool = { name: 'look_up', description: 'Looks up', inputSchema: { type: 'object' } };
  const call: ModelChunk = {
    type: 'tool_call',
    call: { id: 'c1', name: 'look_up', arguments: { of: 'x' } },
  };

  it('are offered, and a call goes back to it', async () => {
    const { sample, requests } = auto({ chunks: [call, done()] });
    expect(await sample(sampling({ tools: [tool] }), quiet)).toEqual({
      model: 'llama3.1',
      content: [{ type: 'tool_use', id: 'c1', name: 'look_up', input: { of: 'x' } }],
      stopReason: 'toolUse',
    });
    expect(requests[0]?.tools).toEqual([
      { name: 'look_up', description: 'Looks up', parameters: { type: 'object' } },
    ]);
  });

  it('that it did not send are not called', async () => {
    const other: ModelChunk = {
      type: 'tool_call',
      call: { id: 'c2', name: 'files__delete', arguments: {} },
    };
    const { sample } = auto({ chunks: [{ type: 'text', text: 'Hm.' }, other, done()] });
    expect(await sample(sampling({ tools: [tool] }), quiet)).toMatchObject({
      content: [{ type: 'text', text: 'Hm.' }],
      stopReason: 'endTurn',
    });
  });

  it('are not offered with the choice none, and a call is a must with required', async () => {
    const none = auto();
    await none.sample(sampling({ tools: [tool], toolChoice: 'none' }), quiet);
    expect(none.requests[0]?.tools).toEqual([]);
    const required = auto();
    await expect(
      required.sample(sampling({ tools: [tool], toolChoice: 'required' }), quiet),
    ).rejects.toMatchObject({ code: 'model_failed' });
    expect(required.requests[0]?.messages[0]).toMatchObject({ role: 'system' });
  });

  it('and their results come back as the model knows them', async () => {
    const { sample, requests } = auto();
    await sample(
      sampling({
        tools: [tool],
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Find x' }] },
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 'c1', name: 'look_up', input: { of: 'x' } }],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', toolUseId: 'c1', text: 'nothing', isError: true }],
          },
        ],
      }),
      quiet,
    );
    expect(requests[0]?.messages).toEqual([
      { role: 'user', content: 'Find x' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: 'c1', name: 'look_up', arguments: { of: 'x' } }],
      },
      { role: 'tool', content: 'Error: nothing', toolCallId: 'c1', toolName: 'look_up' },
    ]);
  });

  it('need a model that calls tools, as images need one that sees', async () => {
    const blind = auto({ info: { tools: false } });
    await expect(blind.sample(sampling({ tools: [tool] }), quiet)).rejects.toMatchObject({
      code: 'model_no_tools',
    });
    const image = { data: new Uint8Array([1]), mimeType: 'image/png' };
    const pictures = sampling({
      messages: [{ role: 'user', content: [{ type: 'image', image }] }],
    });
    await expect(blind.sample(pictures, quiet)).rejects.toMatchObject({ code: 'model_failed' });
    expect(blind.requests).toEqual([]);
    expect(blind.events.at(-1)).toMatchObject({
      status: 'failed',
      error: { code: 'model_failed' },
    });
    const seeing = auto({ info: { vision: true } });
    await seeing.sample(pictures, quiet);
    expect(seeing.requests[0]?.messages).toEqual([{ role: 'user', content: '', images: [image] }]);
  });
});

describe('who says yes', () => {
  it('is nobody where nobody is, which is told once', async () => {
    const { sample, events, requests } = setup();
    await expect(sample(sampling(), quiet)).rejects.toMatchObject({ code: 'denied' });
    await expect(sample(sampling(), quiet)).rejects.toMatchObject({ code: 'denied' });
    expect(warnings(events)).toEqual([
      'docs wanted an answer of the model, and nobody is here to allow it, so it got none. Allow it with --sampling auto.',
    ]);
    expect(events.at(-1)).toMatchObject({ status: 'denied', input_tokens: 0, output_tokens: 0 });
    expect(requests).toEqual([]);
  });

  it('sees what is asked before the model runs, and the answer before it leaves', async () => {
    const { sample, reviews, requests } = setup({
      review: ({ stage }) => {
        expect(requests).toHaveLength(stage === 'request' ? 0 : 1);
        return stage === 'request'
          ? { kind: 'once' }
          : { kind: 'once', text: 'Hello, in my words.' };
      },
    });
    expect((await sample(sampling({ maxTokens: 9999 }), quiet)).content).toEqual([
      { type: 'text', text: 'Hello, in my words.' },
    ]);
    expect(reviews).toMatchObject([
      { stage: 'request', model: 'llama3.1', maxTokens: 4096 },
      { stage: 'answer', answer: { content: [{ type: 'text', text: 'Hi.' }] } },
    ]);
  });

  it.each(['request', 'answer'] as const)('may deny at the %s', async (stage) => {
    const { sample, requests, events } = setup({
      review: (review) => ({ kind: review.stage === stage ? 'deny' : 'once' }),
    });
    await expect(sample(sampling(), quiet)).rejects.toMatchObject({ code: 'denied' });
    expect(requests).toHaveLength(stage === 'request' ? 0 : 1);
    expect(events.at(-1)).toMatchObject({
      status: 'denied',
      output_tokens: stage === 'request' ? 0 : 34,
    });
  });

  it('need not be asked again of a server, but of every other one', async () => {
    const { sample, reviews } = setup({ review: () => ({ kind: 'session' }) });
    await sample(sampling(), quiet);
    await sample(sampling(), quiet);
    expect(reviews).toHaveLength(1);
    await sample(sampling({ server: 'other' }), quiet);
    expect(reviews).toHaveLength(2);
  });

  it('is nobody with never', async () => {
    const { sample, reviews } = setup({
      sampling: { mode: 'never' },
      review: () => ({ kind: 'once' }),
    });
    await expect(sample(sampling(), quiet)).rejects.toMatchObject({ code: 'denied' });
    expect(reviews).toEqual([]);
  });
});

describe('limits', () => {
  it('hold for a server that asks in a loop, and pass', async () => {
    let time = 0;
    const { sample, events, requests } = auto({ sampling: { perMinute: 3 }, now: () => time });
    const outcomes: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      outcomes.push(
        await sample(sampling(), quiet).then(
          () => 'answered',
          () => 'denied',
        ),
      );
    }
    expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(3);
    expect(requests).toHaveLength(3);
    expect(warnings(events)).toHaveLength(1);
    await sample(sampling({ server: 'other' }), quiet);
    time = 60_001;
    await sample(sampling(), quiet);
    expect(requests).toHaveLength(5);
  });

  it('end with the signal', async () => {
    const abort = new AbortController();
    const { sample, events } = auto({
      chunks: [],
    });
    abort.abort(new OstlerError('interrupted', 'The call is over.'));
    await expect(sample(sampling(), abort.signal)).rejects.toMatchObject({ code: 'interrupted' });
    expect(events.at(-1)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
  });
});

describe('hints', () => {
  const hinted = { modelHints: ['gpt-4', 'QWEN'] };
  const models = ['qwen3:4b'];

  it('choose among the models that the person lets servers choose', async () => {
    const { sample } = auto({ sampling: { models } });
    expect(await sample(sampling(hinted), quiet)).toMatchObject({ model: 'qwen3:4b' });
  });

  it.each<[string, Setup]>([
    ['none is allowed', {}],
    ['it is not installed', { sampling: { models }, installed: ['llama3.1'] }],
    ['no hint fits', { sampling: { models: ['phi4'] } }],
  ])('change nothing when %s', async (_, given) => {
    const { sample } = auto(given);
    expect(await sample(sampling(hinted), quiet)).toMatchObject({ model: 'llama3.1' });
  });
});
