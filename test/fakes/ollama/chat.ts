/** POST /api/chat: the refusals in Ollama's order, one request at a time, then the stream. */
import type { ServerResponse } from 'node:http';
import { pause, sendJson, sendRaw, streamLines } from './exchange.js';
import { now, turnLines } from './lines.js';
import { findModel } from './models.js';
import { viewOf } from './render.js';
import type { FakeState } from './state.js';
import type { ChatBody, FakeModel, PromptView, Turn } from './types.js';
import { checkOptions, parseChat, Refusal } from './validate.js';

export async function handleChat(
  state: FakeState,
  text: string,
  response: ServerResponse,
): Promise<void> {
  const body = parseChat(text);
  const model = admit(state, body);
  checkOptions(body.options);
  state.chats.push(body);
  const leave = await state.enter();
  if (leave === undefined) {
    throw new Refusal(503, 'server busy, please try again.  maximum pending requests exceeded');
  }
  try {
    await answer(state, body, model, response);
  } finally {
    leave();
  }
}

/** The installed model, if it can do what is asked. */
function admit(state: FakeState, body: ChatBody): FakeModel {
  const model = findModel(state.models, body.model);
  if (model === undefined) throw new Refusal(404, `model '${body.model}' not found`);
  if (!model.capabilities.includes('completion')) {
    throw new Refusal(400, `"${body.model}" does not support chat`);
  }
  if (body.tools.length > 0 && !model.capabilities.includes('tools')) {
    throw new Refusal(400, `registry.ollama.ai/library/${model.name} does not support tools`);
  }
  const thinks = body.think !== undefined && body.think !== null && body.think !== false;
  if (thinks && !model.capabilities.includes('thinking')) {
    throw new Refusal(400, `"${body.model}" does not support thinking`);
  }
  return model;
}

async function answer(
  state: FakeState,
  body: ChatBody,
  model: FakeModel,
  response: ServerResponse,
): Promise<void> {
  const numCtx = state.contextFor(model, body.options['num_ctx']);
  const loadMs = state.load(model, numCtx);
  if (loadMs > 0 && (await pause(response, loadMs)) === 'gone') return;
  if (body.messages.length === 0) {
    const reason = body.keep_alive === 0 ? 'unload' : 'load';
    const message = { role: 'assistant', content: '' };
    sendJson(response, 200, {
      model: body.model,
      created_at: now(),
      message,
      done: true,
      done_reason: reason,
    });
    return;
  }
  const turn = state.nextTurn(body);
  if (turn?.refuse !== undefined) {
    if ((await pause(response, turn.startMs ?? 0)) === 'time') sendRaw(response, turn.refuse);
    return;
  }
  const canRefuse = state.since('0.12.6');
  const view = viewOf(body, model, { numCtx, engine: state.engine, canRefuse });
  state.lastPrompt = view.prompt;
  await send(state, turn ?? state.brain(body, view), { body, view, loadMs, response });
}

async function send(
  state: FakeState,
  turn: Turn,
  run: { body: ChatBody; view: PromptView; loadMs: number; response: ServerResponse },
): Promise<void> {
  const { body, view, response } = run;
  if (turn.startMs !== undefined && (await pause(response, turn.startMs)) === 'gone') return;
  const ids = state.since('0.12.10');
  const lines = turnLines(turn, { body, view, loadNs: run.loadMs * 1_000_000, ids });
  if (body.stream) return streamLines(response, lines, turn);
  const parts = lines.map((line) => JSON.parse(line) as { message: { content: string } });
  const content = parts.map((part) => part.message.content).join('');
  const last = parts.at(-1);
  sendJson(response, 200, { ...last, message: { ...last?.message, content } });
}
