import type { ReadStream, WriteStream } from 'node:tty';
import type { AskApproval, Chat, ChatAsks, Outgoing } from '../../core/chat.js';
import { now } from '../../core/clock.js';
import { createDeferred } from '../../core/deferred.js';
import type { AgentEvent, ServerState, ServerStatus } from '../../core/events.js';
import { redact } from '../../core/redact.js';
import { createTheme, type ThemeName } from '../theme.js';
import { createApprovalDialog } from './approval/dialog.js';
import { createChatAsks } from './asks/chat-asks.js';
import { createBusyLines } from './busy-lines.js';
import { toClipboard } from './clipboard.js';
import { createEngineLink } from './engine-link.js';
import { createImageDrawer } from './image-drawer.js';
import type { ImageProtocol } from './images.js';
import { createHistory } from './input/history.js';
import { createInputPane } from './input-pane.js';
import { createKeyRouter } from './key-router.js';
import { createLayers, type Layers } from './layers.js';
import { createLineRunner } from './line-runner.js';
import { createMarkdownLoader } from './markdown-loader.js';
import { createPicture } from './picture.js';
import { afterTyping, choiceLayer } from './questions.js';
import { addressRows } from './asks/url-rows.js';
import { textRows } from './safe.js';
import { createScreenActions } from './screen-actions.js';
import { createScreenPort } from './screen-port.js';
import { createStage } from './stage.js';
import { createTranscript } from './transcript/transcript.js';
import type { Choice, HistoryStore, Key, Machine, NoteLevel } from './types.js';

export interface ChatScreenOptions {
  stdin: ReadStream;
  stdout: WriteStream;
  theme: ThemeName;
  colors: boolean;
  hyperlinks: boolean;
  screenReader: boolean;
  /** How the terminal shows images, if it does. */
  images?: ImageProtocol | undefined;
  history: HistoryStore;
  machine: Omit<Machine, 'copy'>;
  /** Opens a page in the person's browser, after they said so. Rejects with an `OstlerError`. */
  openUrl?: (url: string) => Promise<void>;
}

/** The chat on a terminal. It is there, and can be typed into, before there is an engine. */
export interface ChatScreen {
  /** Takes the terminal and draws the first frame. */
  start: () => Promise<void>;
  /** For the engine: asks the person about a call. */
  ask: AskApproval;
  /** For the engine: asks the person what servers ask. */
  asks: ChatAsks;
  /** A question about a text printed above it; no is the first choice. */
  confirm: (text: string, question: string, signal: AbortSignal) => Promise<boolean>;
  /** One line above the input. */
  note: (level: NoteLevel, text: string) => void;
  /** A list to choose from: an index, or undefined. */
  choose: (
    title: string,
    choices: readonly Choice[],
    signal: AbortSignal,
  ) => Promise<number | undefined>;
  /** The engine is there: what was typed is sent, `first` before it. */
  attach: (chat: Chat, start: { replay: boolean; first?: Outgoing }) => Promise<void>;
  /** Resolves when the person leaves. */
  left: Promise<void>;
  /** Gives the terminal back; what is finished stays on it. Safe at any time. */
  stop: () => void;
}

/** The first keys come before what the first answer needs. */
const MARKDOWN_DELAY_MS = 150;

export function createChatScreen(options: ChatScreenOptions): ChatScreen {
  const { screenReader, hyperlinks } = options;
  const left = createDeferred<void>();
  let theme = createTheme(options.theme, options.colors);
  let hint: string | undefined;
  // The parts below need the stage, and it needs what they come to.
  let route: (key: Key) => void = () => {};
  let compose: ReturnType<typeof createPicture>;
  const stage = createStage({
    stdin: options.stdin,
    stdout: options.stdout,
    theme: () => theme,
    screenReader,
    hyperlinks,
    compose: (frame) => compose(frame),
    onKey: (key) => route(key),
  });
  const { changed, frame } = stage;
  const markdown = createMarkdownLoader({
    columns: () => frame().columns,
    theme: () => theme,
    hyperlinks,
  });
  const transcript = createTranscript({
    frame,
    markdown: markdown.tools,
    sendImages: options.images !== undefined,
  });
  const layers = createLayers(changed);
  const busy = createBusyLines(changed);
  const images = createImageDrawer(options.images, changed);
  const history = createHistory(options.history);
  const machine = toMachine(options.machine, stage);
  const engine = createEngineLink({
    machine,
    onStart: ({ text }) => transcript.user(text),
    onEvent: (event) => onEvent(event),
    onUnsent: (messages) => {
      const texts = [...messages.map(({ text }) => text), input.text];
      if (messages.length > 0) input.setText(texts.filter((text) => text !== '').join('\n'));
      changed();
    },
  });
  const input = createInputPane({
    history,
    completer: () => engine.completer,
    theme: () => theme,
    changed,
  });
  const screen = createScreenPort({
    stage,
    transcript,
    layers,
    busy,
    input,
    engine,
    markdown: (text) => transcript.print(markdown.render(redact(text))),
    setTheme: (name) => {
      theme = createTheme(name, options.colors);
    },
    exit: left.resolve,
  });
  const lines = createLineRunner({
    chat: engine.ready,
    screen,
    machine,
    part: transcript.part,
    isBusy: () => engine.runner?.busy === true,
    send: async (message) => {
      // The first answer is drawn like all others.
      await markdown.load();
      engine.runner?.submit(message);
    },
    giveBack: (text) => {
      if (input.isEmpty) input.setText(text);
    },
    changed,
  });
  /** States of servers that a command has told. */
  const told = new Map<string, ServerState>();
  const isTold = ({ name, status }: ServerStatus): boolean => {
    if (lines.dealsWith(name)) told.set(name, status);
    else if (told.get(name) !== status) told.delete(name);
    return told.has(name);
  };
  const onEvent = (event: AgentEvent) => {
    if (event.type !== 'server' || !isTold(event.server)) transcript.push(event);
    changed();
  };
  const showHint = (text: string | undefined) => {
    hint = text;
  };
  const actions = createScreenActions({
    stage,
    transcript,
    layers,
    input,
    history,
    lines,
    machine,
    screen,
    engine,
    showHint,
  });
  compose = createPicture({ transcript, images, busy, layers, input, engine, hint: () => hint });
  route = createKeyRouter({
    input,
    layers,
    lines,
    engine,
    columns: () => frame().columns,
    showHint,
    actions,
  });
  return {
    ask: askIn(layers),
    asks: createChatAsks({
      layers,
      now,
      openUrl: options.openUrl,
      copy: machine.copy,
      note: (text) => screen.note('info', text),
      printUrl: (url) => screen.print(addressRows(url, frame())),
      changed,
    }),
    left: left.promise,
    async start() {
      await stage.start();
      void history.load();
      setTimeout(() => void markdown.load(), MARKDOWN_DELAY_MS).unref();
    },
    note: screen.note,
    choose: (title, choices, signal) => layers.show(choiceLayer(title, choices), signal),
    async confirm(text, question, signal) {
      // All of it: what is hidden cannot be agreed to.
      transcript.print(textRows(text, frame(), { maxRows: Infinity }));
      const choices = [{ label: 'No' }, { label: 'Yes' }];
      const make = afterTyping(choiceLayer(question, choices));
      return (await layers.show(make, signal)) === 1;
    },
    async attach(chat, { replay, first }) {
      engine.attach(chat);
      stage.draw();
      if (replay || first !== undefined) await markdown.load();
      if (replay) screen.replay();
      if (first !== undefined) engine.runner?.submit(first);
    },
    stop() {
      lines.interrupt();
      stage.stop();
    },
  };
}

/** The clipboard and the editor need the terminal, which the chat has. */
function toMachine(
  machine: ChatScreenOptions['machine'],
  { lend, write }: Pick<ReturnType<typeof createStage>, 'lend' | 'write'>,
): Machine {
  return {
    ...machine,
    edit: (text) => lend(() => machine.edit(text)),
    copy(text) {
      const sequence = toClipboard(text);
      if (sequence !== undefined) write(sequence);
      return sequence !== undefined;
    },
  };
}

/** Asks about a call in the place of the input. */
function askIn(layers: Layers): AskApproval {
  return (request, signal) =>
    layers.show((settle) => {
      const dialog = createApprovalDialog(request, { now, queueLength: () => layers.waiting });
      return {
        key(key) {
          const answer = dialog.key(key);
          if (answer !== undefined) settle(answer);
        },
        view: dialog.rows,
      };
    }, signal);
}
