import { chooseContext, estimatePrompt, type PromptEstimate } from '../../model/context-budget.js';
import { toModelTools } from '../../agent/model-tools.js';
import type { ChatConversation, ContextParts } from '../../core/chat.js';
import type { ModelInfo } from '../../model/types.js';
import { linkAbort } from '../../core/linked-abort.js';
import type { ChatParts } from './parts.js';

/** The conversation as commands see and change it. `onChange` is called after every change. */
export function createConversationView(parts: ChatParts, onChange: () => void): ChatConversation {
  const { dialogue, sessions, model, work, options } = parts;
  return {
    messages: () => dialogue.conversation.messages,
    context: (signal) => readContext(parts, signal),
    async compact(instructions, signal) {
      const linked = linkAbort(signal);
      const done = work.begin(linked.abort);
      try {
        const summary = await summarise(parts, instructions, linked.signal);
        onChange();
        return summary;
      } finally {
        done();
        linked.release();
        void sessions.flush();
      }
    },
    undo() {
      work.checkIdle();
      const text = dialogue.undo();
      onChange();
      return text;
    },
    prompts: dialogue.prompts,
    answers: dialogue.answers,
    export(format) {
      const { messages } = dialogue.conversation;
      const [first = ''] = dialogue.prompts();
      const title = sessions.name() ?? first.split('\n', 1)[0]?.slice(0, TITLE_CHARS) ?? '';
      const head = { id: sessions.id(), title, model: model.name, created: sessions.created() };
      return options.exportAs(messages, format, head);
    },
    stats: () => ({ ...work.stats }),
  };
}

const TITLE_CHARS = 80;

async function summarise(
  { dialogue, model }: ChatParts,
  instructions: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const [{ compact }, info, asked] = await Promise.all([
    import('./compact.js'),
    model.info(signal),
    model.current(),
  ]);
  const { messages, numCtx, tokenRatio } = dialogue.conversation;
  const history = messages.filter(({ role }) => role !== 'system');
  const { summary, history: left } = await compact({
    model: asked,
    info,
    history,
    lastExchange: messages.length - dialogue.lastExchange(),
    instructions,
    fixedNumCtx: model.fixedNumCtx(),
    numCtx,
    tokenRatio,
    signal,
  });
  dialogue.replaceHistory(left);
  return summary;
}

async function readContext(parts: ChatParts, signal: AbortSignal): Promise<ContextParts> {
  const { dialogue, tools, model } = parts;
  // The parts can be told without the model's host.
  const info = await model.info(signal).catch(() => undefined);
  const { messages, tokenRatio, counted = 0 } = dialogue.conversation;
  const offered = info?.tools === false ? [] : toModelTools(tools.offered());
  const estimate = estimatePrompt(messages, offered);
  // The model's count is of just this conversation; before it there is only what it was wrong by.
  const ratio = counted > 0 ? counted / Math.max(1, estimate.total) : tokenRatio;
  const scaled = (tokens: number) => Math.round(tokens * ratio);
  const system = scaled(estimate.system);
  const forTools = scaled(estimate.tools);
  const history = scaled(estimate.history);
  const results = scaled(estimate.results);
  return {
    system,
    tools: forTools,
    history,
    results,
    total: system + forTools + history + results,
    counted,
    window: windowOf(parts, estimate, info),
  };
}

/** What the next request would ask for, or has asked for. */
function windowOf(
  { dialogue, model }: ChatParts,
  estimate: PromptEstimate,
  info: ModelInfo | undefined,
): number {
  const fixed = model.fixedNumCtx();
  const { numCtx: current, tokenRatio } = dialogue.conversation;
  if (info === undefined) return fixed ?? current ?? 0;
  try {
    return chooseContext({ estimate, fixed, current, info, tokenRatio }) ?? info.defaultNumCtx ?? 0;
  } catch {
    // It does not fit any more.
    return info.contextLength;
  }
}
