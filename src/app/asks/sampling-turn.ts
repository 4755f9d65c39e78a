import { createTurn, streamTurn, type Turn } from '../../agent/turn.js';
import { toModelText } from '../../core/terminal-text.js';
import type { ModelSettings } from '../../config/types.js';
import type { SamplingAnswer, SamplingRequest } from '../../core/asks.js';
import { OstlerError } from '../../core/errors.js';
import { chooseContext, estimatePrompt } from '../../model/context-budget.js';
import type { ChatRequest, Model, ModelInfo, ModelTool, ModelUsage } from '../../model/types.js';
import { toChatMessages } from './sampling-messages.js';
import type { AnsweringModel } from './types.js';

/** Sequences Ollama is given at most; a server may name any number of them. */
const MAX_STOPS = 16;

export interface TurnInput {
  request: SamplingRequest;
  /** Tokens the answer may have. */
  maxTokens: number;
  model: AnsweringModel;
  /** Another model than the run's own. */
  name?: string | undefined;
  signal: AbortSignal;
}

export interface SamplingTurn {
  answer: SamplingAnswer;
  usage: ModelUsage;
}

/** One turn of the model for a server. Rejects as the model does, and for what the model cannot do. */
export async function takeTurn(input: TurnInput): Promise<SamplingTurn> {
  const { request, model, signal, maxTokens } = input;
  const settings = settingsFor(input);
  const answering = await model.create(settings);
  const info = await answering.describe(signal);
  const offered = request.toolChoice === 'none' ? [] : request.tools.map(toModelTool);
  checkAbilities(request, offered, info);
  const asked = toRequest(request, { offered, info, settings, current: model.numCtx?.() });
  const turn = await run(answering, asked, signal);
  const { usage } = turn;
  const content = toContent(turn, offered);
  if (request.toolChoice === 'required' && offered.length > 0 && !calls(content)) {
    throw new OstlerError('model_failed', `${settings.name} did not call a tool of the server.`);
  }
  const stopReason = calls(content) ? 'toolUse' : isCut(turn, maxTokens) ? 'maxTokens' : 'endTurn';
  return { answer: { model: settings.name, content, stopReason }, usage };
}

/** The run's own settings; what the server wants takes their place, and the limit holds for both. */
function settingsFor({ request, maxTokens, model, name }: TurnInput): ModelSettings {
  // A schema is what the person wants an answer to look like, not what a server gets.
  const { format: _, ...settings } = model.settings();
  const own = settings.options['num_predict'];
  const limit = typeof own === 'number' && own > 0 ? Math.min(own, maxTokens) : maxTokens;
  const { temperature, stopSequences = [] } = request;
  return {
    ...settings,
    ...(name === undefined ? {} : { name }),
    options: {
      ...settings.options,
      num_predict: limit,
      ...(temperature === undefined ? {} : { temperature: Math.min(2, Math.max(0, temperature)) }),
      ...(stopSequences.length === 0 ? {} : { stop: stopSequences.slice(0, MAX_STOPS) }),
    },
  };
}

function checkAbilities(
  { messages }: SamplingRequest,
  offered: readonly ModelTool[],
  { name, tools, vision }: ModelInfo,
): void {
  if (offered.length > 0 && !tools) {
    throw new OstlerError('model_no_tools', `${name} cannot call tools.`);
  }
  const hasImages = messages.some(({ content }) => content.some(({ type }) => type === 'image'));
  if (hasImages && !vision) {
    throw new OstlerError('model_failed', `${name} cannot look at images.`);
  }
}

interface RequestParts {
  offered: readonly ModelTool[];
  info: ModelInfo;
  settings: ModelSettings;
  current: number | undefined;
}

function toRequest(
  request: SamplingRequest,
  { offered, info, settings, current }: RequestParts,
): ChatRequest {
  const messages = toChatMessages(request);
  const estimate = estimatePrompt(messages, offered);
  const fixed = settings.numCtx;
  const numCtx = chooseContext({ estimate, fixed, current, info, tokenRatio: 1 });
  return { messages, tools: offered, ...(numCtx === undefined ? {} : { numCtx }) };
}

async function run(model: Model, request: ChatRequest, signal: AbortSignal): Promise<Turn> {
  const turn = createTurn();
  const events = streamTurn({ turn, model, request, id: 'sampling', signal });
  // Nobody sees it while it comes: the person reviews the whole.
  while ((await events.next()).done !== true);
  return turn;
}

/** The model's own limit may be smaller than what it was told. */
function isCut({ cut, usage }: Turn, maxTokens: number): boolean {
  return cut || usage.outputTokens > maxTokens;
}

type Content = SamplingAnswer['content'][number];

/** Calls of tools that the server did not send are no calls of its. */
function toContent({ content, toolCalls }: Turn, offered: readonly ModelTool[]): Content[] {
  const names = new Set(offered.map(({ name }) => name));
  const wanted = toolCalls.filter(({ name }) => names.has(name));
  return [
    ...(content === '' ? [] : [{ type: 'text', text: content } as const]),
    ...wanted.map(
      ({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input }) as const,
    ),
  ];
}

function calls(content: readonly Content[]): boolean {
  return content.some(({ type }) => type === 'tool_use');
}

function toModelTool({ name, description = '', inputSchema }: SamplingRequest['tools'][number]) {
  return { name, description: toModelText(description), parameters: inputSchema };
}
