import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openChat } from '../../src/app/chat/open-chat.js';
import type { ChatOptions } from '../../src/app/chat/types.js';
import { DEFAULTS, type ServerDefinition, type Settings } from '../../src/config/types.js';
import type { ApprovalAnswer, ApprovalRequest, Chat, Outgoing } from '../../src/core/chat.js';
import type { AgentEvent, ResultEvent } from '../../src/core/events.js';
import {
  startFakeOllama,
  type FakeOllama,
  type FakeOllamaOptions,
  type TurnSource,
} from '../fakes/ollama/index.js';

export type Answerer = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => ApprovalAnswer | Promise<ApprovalAnswer>;

export interface Setup {
  servers?: readonly ServerDefinition[];
  /** What the model answers, request by request. */
  turns?: readonly TurnSource[];
  /** Left out: whoever is asked, fails the test. */
  answer?: Answerer;
  settings?: Partial<Settings>;
  options?: Partial<ChatOptions>;
  ollama?: FakeOllamaOptions;
  /** Directory of an earlier chat. */
  home?: string;
}

export interface Fixture {
  chat: Chat;
  fake: FakeOllama;
  home: string;
  /** Everything that was told outside of prompts. */
  heard: AgentEvent[];
  /** Every question, in order. */
  asked: ApprovalRequest[];
  /** One prompt to its end. */
  prompt: (message: string | Outgoing) => Promise<AgentEvent[]>;
  close: () => Promise<void>;
}

export async function startChat(setup: Setup = {}): Promise<Fixture> {
  const fake = await startFakeOllama(setup.ollama);
  fake.script(...(setup.turns ?? []));
  const home = setup.home ?? (await mkdtemp(path.join(os.tmpdir(), 'ostler-chat-')));
  const asked: ApprovalRequest[] = [];
  const heard: AgentEvent[] = [];
  const chat = openChat(settingsFor(fake.url, setup), {
    env: process.env,
    cwd: home,
    approvalsFile: path.join(home, 'approvals.yaml'),
    exportAs: (messages, format, head) => JSON.stringify({ messages, format, head }),
    async ask(request, signal) {
      asked.push(request);
      if (setup.answer === undefined) throw new Error(`nobody answers for ${request.tool}`);
      return setup.answer(request, signal);
    },
    ...setup.options,
  });
  chat.subscribe((event) => heard.push(event));
  return {
    chat,
    fake,
    home,
    heard,
    asked,
    prompt: async (message) =>
      collect(chat.send(typeof message === 'string' ? { text: message } : message)),
    async close() {
      await chat.close();
      await fake.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function settingsFor(host: string, { servers = [], settings }: Setup): Settings {
  return {
    model: { name: 'llama3.1', host, headers: [], insecure: false, options: {} },
    servers,
    approval: { mode: 'ask', allow: [], deny: [] },
    elicitation: DEFAULTS.elicitation,
    sampling: DEFAULTS.sampling,
    maxTurns: DEFAULTS.maxTurns,
    warnings: [],
    ...settings,
  };
}

export async function collect(events: AsyncIterable<AgentEvent>): Promise<AgentEvent[]> {
  const all: AgentEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export function ofType<T extends AgentEvent['type']>(
  events: readonly AgentEvent[],
  type: T,
): Extract<AgentEvent, { type: T }>[] {
  return events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
}

export function resultOf(events: readonly AgentEvent[]): ResultEvent {
  const last = events.at(-1);
  if (last?.type !== 'result') throw new Error('the last event is no result');
  return last;
}

/** Resolves as soon as it is so; fails after 10 s. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo();) {
    if (Date.now() > end) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
