/** Prompt rendering and truncation, by the rules that hosts trip over. A token is four characters. */
import { Refusal } from './validate.js';
import type { ChatBody, FakeMessage, FakeModel, FakeTool, PromptView } from './types.js';

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** `JSON.stringify` as Go's encoder writes it. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The prompt the model gets, or a refusal when it is too long and must not be cut. */
export function viewOf(
  body: ChatBody,
  model: FakeModel,
  settings: { numCtx: number; engine: 'go' | 'llama-server'; canRefuse: boolean },
): PromptView {
  const { numCtx } = settings;
  const whole = render(model, body.messages, body.tools);
  const tokens = estimateTokens(whole.prompt);
  if (tokens <= numCtx) return { ...whole, tokens, evaluated: tokens, numCtx };
  if (!body.truncate && settings.canRefuse) throw tooLong(tokens, numCtx, settings.engine);
  const kept = dropOldest(model, body, numCtx);
  const prompt = cutTokens(kept.prompt, numCtx, settings.engine);
  return { ...kept, prompt, tokens, evaluated: estimateTokens(prompt), numCtx };
}

function tooLong(tokens: number, numCtx: number, engine: 'go' | 'llama-server'): Refusal {
  if (engine === 'go') return new Refusal(400, 'the input length exceeds the context length');
  const message = `request (${tokens} tokens) exceeds the available context size (${numCtx} tokens), try increasing it`;
  const error = {
    code: 400,
    message,
    type: 'exceed_context_size_error',
    n_prompt_tokens: tokens,
    n_ctx: numCtx,
  };
  return new Refusal(400, JSON.stringify({ error }));
}

/** First layer: the oldest messages go, but never the system's and the last one. */
function dropOldest(model: FakeModel, body: ChatBody, numCtx: number): Rendered {
  const messages = [...body.messages];
  for (;;) {
    const rendered = render(model, messages, body.tools);
    const oldest = messages.findIndex(
      ({ role }, at) => role !== 'system' && at < messages.length - 1,
    );
    if (estimateTokens(rendered.prompt) <= numCtx || oldest < 0) return rendered;
    messages.splice(oldest, 1);
  }
}

/** Second layer: four tokens at the start are kept, then the middle goes; llama-server leaves about half. */
function cutTokens(prompt: string, numCtx: number, engine: 'go' | 'llama-server'): string {
  if (estimateTokens(prompt) <= numCtx) return prompt;
  const keep = 4;
  const left = engine === 'go' ? numCtx : numCtx - Math.floor((numCtx - keep) / 2);
  return prompt.slice(0, keep * 4) + prompt.slice(-(left - keep) * 4);
}

interface Rendered {
  prompt: string;
  toolsVisible: boolean;
}

function render(
  model: FakeModel,
  messages: readonly FakeMessage[],
  tools: readonly FakeTool[],
): Rendered {
  return model.rendering === 'llama3.1'
    ? renderLlama(collate(messages), tools)
    : renderPlain(messages, tools);
}

/** Go's template path joins neighbours of one role by their content only (template.go `collate`). */
function collate(messages: readonly FakeMessage[]): FakeMessage[] {
  const joined: FakeMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last !== undefined && last.role === message.role && message.role !== 'tool') {
      joined[joined.length - 1] = { ...last, content: `${last.content}\n\n${message.content}` };
    } else joined.push(message);
  }
  return joined;
}

const head = (role: string) => `<|start_header_id|>${role}<|end_header_id|>\n\n`;

function renderLlama(messages: readonly FakeMessage[], tools: readonly FakeTool[]): Rendered {
  const toolsVisible = tools.length > 0 && messages.at(-1)?.role === 'user';
  const parts = messages.map((message, at) => {
    if (message.role === 'system') return `${head('system')}${message.content}<|eot_id|>`;
    if (message.role === 'user') {
      const shown =
        toolsVisible && at === messages.length - 1 ? `${tools.map(goJson).join('\n')}\n` : '';
      return `${head('user')}${shown}${message.content}<|eot_id|>`;
    }
    if (message.role === 'assistant') {
      const calls = (message.tool_calls ?? []).map(
        (call) =>
          `{"name": "${call.function.name}", "parameters": ${goJson(call.function.arguments)}}`,
      );
      return `${head('assistant')}${calls.length > 0 ? calls.join('') : message.content}<|eot_id|>`;
    }
    return message.role === 'tool' ? `${head('ipython')}${message.content}<|eot_id|>` : '';
  });
  return { prompt: `${parts.join('')}${head('assistant')}`, toolsVisible };
}

function renderPlain(messages: readonly FakeMessage[], tools: readonly FakeTool[]): Rendered {
  const shown = tools.length === 0 ? '' : `<tools>\n${tools.map(goJson).join('\n')}\n</tools>\n`;
  const parts = messages.map((message) => {
    const calls = (message.tool_calls ?? []).map(
      (call) => `<tool_call>${goJson(call.function)}</tool_call>`,
    );
    return `<|im_start|>${message.role}\n${message.content}${calls.join('\n')}<|im_end|>\n`;
  });
  return {
    prompt: `${shown}${parts.join('')}<|im_start|>assistant\n`,
    toolsVisible: tools.length > 0,
  };
}
