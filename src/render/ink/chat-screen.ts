import type { ReadStream, WriteStream } from 'node:tty';
import type { AskApproval, Chat, Outgoing } from '../../core/chat.js';
import { now } from '../../core/clock.js';
import { createDeferred } from '../../core/deferred.js';
import { createAbort } from '../../core/wait.js';
import { createTheme, type ThemeName } from '../theme.js';
import { createApprovalDialog } from './approval/dialog.js';
import { createBusyLines } from './busy-lines.js';
import { toClipboard } from './clipboard.js';
import { createCompleter } from './completion/complete.js';
import { isSecretLine } from './commands/secret-line.js';
import { composeRows } from './compose.js';
import { createDisplay, type Picture } from './display.js';
import { keyRows } from './help.js';
import { createImageDrawer } from './image-drawer.js';
import type { ImageProtocol } from './images.js';
import { createHistory } from './input/history.js';
import { createKeyParser } from './input/keys.js';
import { createInputPane } from './input-pane.js';
import { createKeyRouter } from './key-router.js';
import { createLayers } from './layers.js';
import { layoutReady } from './layout-engine.js';
import { createLineRunner } from './line-runner.js';
import { createMarkdownLoader } from './markdown-loader.js';
import { createPromptRunner, type PromptRunner } from './prompt-runner.js';
import { choiceLayer } from './questions.js';
import { textRows } from './safe.js';
import { createScreenPort } from './screen-port.js';
import { searchLayer } from './search-layer.js';
import { statusRow } from './status-line.js';
import { createTerminal } from './terminal.js';
import { createTranscript } from './transcript/transcript.js';
import type { Choice, Complete, Frame, HistoryStore, Machine } from './types.js';

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
}

/** The chat on a terminal. It is there, and can be typed into, before there is an engine. */
export interface ChatScreen {
  /** Takes the terminal and draws the first frame. */
  start: () => Promise<void>;
  /** For the engine: asks the person about a call. */
  ask: AskApproval;
  /** A question about a text printed above it; no is the first choice. */
  confirm: (text: string, question: string, signal: AbortSignal) => Promise<boolean>;
  /** A list to choose from: an index, or undefined. */
  choose: (
    title: string,
    choices: readonly Choice[],
    signal: AbortSignal,
  ) => Promise<number | undefined>;
  /** The engine is there: what was typed is sent, `first` before it. */
  attach: (chat: Chat, start: { replay: boolean; first?: Outgoing }) => void;
  /** Resolves when the person leaves. */
  left: Promise<void>;
  /** Gives the terminal back; what is finished stays on it. Safe at any time. */
  stop: () => void;
}

export function createChatScreen(options: ChatScreenOptions): ChatScreen {
  const terminal = createTerminal(options.stdin, options.stdout);
  const state = {
    theme: createTheme(options.theme, options.colors),
    hint: undefined as string | undefined,
    chat: undefined as Chat | undefined,
    runner: undefined as PromptRunner | undefined,
    complete: undefined as Complete | undefined,
    running: false,
  };
  const attached = createDeferred<Chat>();
  const left = createDeferred<void>();

  const display = createDisplay({
    terminal,
    theme: () => state.theme,
    screenReader: options.screenReader,
    hyperlinks: options.hyperlinks,
    compose: (frame) => compose(frame),
  });
  const changed = () => display.invalidate();
  const markdown = createMarkdownLoader({
    columns: () => display.frame().columns,
    theme: () => state.theme,
    hyperlinks: options.hyperlinks,
  });
  const transcript = createTranscript({
    frame: display.frame,
    markdown: markdown.tools,
    sendImages: options.images !== undefined,
  });
  const layers = createLayers(changed);
  const busy = createBusyLines(changed);
  const history = createHistory(options.history);
  const input = createInputPane({
    history,
    completer: () => state.complete,
    theme: () => state.theme,
    changed,
  });
  const images = createImageDrawer(options.images, changed);

  const compose = (frame: Frame): Picture => {
    const finished = images.place(transcript.takeCommitted(), frame);
    const { top } = layers;
    const { rows, cursor } = composeRows(
      {
        live: (maxRows) => transcript.live(maxRows, frame),
        busy: busy.rows(frame),
        queued: state.runner?.queued.map(({ text }) => text) ?? [],
        pane: (maxRows) => top?.view(maxRows, frame) ?? input.view(maxRows, frame),
        below: (maxRows) => (top === undefined ? input.menu(maxRows, frame) : []),
        status: status(frame),
      },
      frame,
    );
    const animated =
      !frame.screenReader && (transcript.animated || busy.count > 0 || state.runner?.busy === true);
    return { finished, rows, cursor, animated: animated || transcript.animated };
  };
  const status = (frame: Frame): string => {
    const since = state.runner?.since;
    return state.chat === undefined
      ? state.theme.paint('dim', 'starting…')
      : statusRow(state.chat.info, frame, {
          ...(state.hint === undefined ? {} : { hint: state.hint }),
          queued: state.runner?.queued.length ?? 0,
          ...(since === undefined ? {} : { busyMs: now() - since }),
        });
  };

  /** Gives the terminal to somebody else while the work lasts. */
  const lend = async <T>(work: () => Promise<T>): Promise<T> => {
    display.unmount();
    terminal.stop();
    try {
      return await work();
    } finally {
      if (state.running) {
        takeTerminal();
        display.mount();
      }
    }
  };
  const exit = () => left.resolve();
  const machine: Machine = {
    ...options.machine,
    edit: (text) => lend(() => options.machine.edit(text)),
    copy: (text) => {
      const sequence = toClipboard(text);
      if (sequence !== undefined) terminal.write(sequence);
      return sequence !== undefined;
    },
  };
  const clear = () => {
    display.unmount();
    // Pushes what is visible up into the scrollback instead of erasing it.
    terminal.canvas.write(`${'\n'.repeat(terminal.rows)}\u001b[H`);
    display.mount();
  };
  const screen = createScreenPort({
    display,
    transcript,
    layers,
    busy,
    input,
    chat: () => state.chat,
    runner: () => state.runner,
    markdown: (text) => transcript.print(['', ...markdown.render(text)]),
    setTheme: (name) => {
      state.theme = createTheme(name, options.colors);
    },
    clear,
    exit,
  });
  const lines = createLineRunner({
    chat: attached.promise,
    screen,
    machine,
    part: transcript.part,
    isBusy: () => state.runner?.busy === true,
    send: (message) => state.runner?.submit(message),
    giveBack: (text) => {
      if (input.isEmpty) input.setText(text);
    },
    changed,
  });
  const submit = (text: string) => {
    if (!isSecretLine(text)) history.add(text);
    lines.submit(text);
  };
  const search = async () => {
    const found = await layers.show(
      searchLayer(history.entries(), input.text),
      createAbort().signal,
    );
    input.setText(found.text);
    if (found.submit) {
      input.setText('');
      submit(found.text);
    }
    display.draw();
  };
  const edit = async () => {
    try {
      input.setText(await machine.edit(input.text));
    } catch (error) {
      screen.error(error);
    }
    display.draw();
  };
  /** The shell's own way to stop a program: all of the process group, until `fg`. */
  const suspend = () => {
    display.unmount();
    terminal.stop();
    process.once('SIGCONT', () => {
      takeTerminal();
      display.mount();
    });
    process.kill(0, 'SIGTSTP');
  };
  const route = createKeyRouter({
    input,
    layers,
    screen,
    lines,
    chat: () => state.chat,
    runner: () => state.runner,
    columns: () => display.frame().columns,
    submit,
    hint: (text) => {
      state.hint = text;
    },
    actions: {
      suspend,
      redraw: clear,
      edit: () => void edit(),
      search: () => void search(),
      help: () => screen.print(['', ...keyRows(display.frame())]),
      toggleThinking: () => {
        state.hint = transcript.toggleThinking() ? 'Thinking is shown.' : 'Thinking is folded.';
      },
      editPrevious: () => {
        const text = state.chat?.conversation.undo();
        if (text !== undefined) input.setText(text);
      },
      exit,
    },
  });
  const keys = createKeyParser((key) => {
    // eslint-disable-next-line no-control-regex
    if (key.name === 'reply' && /\[\?\d+u/.test(key.text)) terminal.useKittyKeys();
    route(key);
    if (state.running) display.draw();
  });
  const takeTerminal = () => terminal.start((data) => keys.push(data));

  const ask: AskApproval = (request, signal) =>
    layers.show((settle) => {
      const dialog = createApprovalDialog(request, { now, queueLength: () => layers.waiting });
      return {
        key(key) {
          const answer = dialog.key(key);
          if (answer !== undefined) settle(answer);
        },
        view: (maxRows, frame) => dialog.rows(maxRows, frame),
      };
    }, signal);

  return {
    ask,
    left: left.promise,
    async start() {
      await layoutReady;
      state.running = true;
      takeTerminal();
      display.mount();
      void history.load().then(changed);
      markdown.load();
    },
    choose: (title, choices, signal) => layers.show(choiceLayer(title, choices), signal),
    async confirm(text, question, signal) {
      transcript.print(['', ...textRows(text, display.frame()), '']);
      const choices = [{ label: 'No' }, { label: 'Yes' }];
      return (await layers.show(choiceLayer(question, choices), signal)) === 1;
    },
    attach(chat, { replay, first }) {
      state.chat = chat;
      state.complete = createCompleter({ chat, machine });
      state.runner = createPromptRunner({
        chat,
        onStart: ({ text }) => transcript.user(text),
        onEvent: (event) => {
          transcript.push(event);
          changed();
        },
        onEnd: (_, unsent) => {
          const text = unsent.map((message) => message.text).join('\n');
          if (text !== '')
            input.setText([text, input.text].filter((part) => part !== '').join('\n'));
          changed();
        },
      });
      chat.subscribe((event) => {
        if (event.type === 'server' && lines.dealsWith(event.server.name)) return;
        transcript.push(event);
        changed();
      });
      if (replay) screen.replay();
      attached.resolve(chat);
      if (first !== undefined) state.runner.submit(first);
      display.draw();
    },
    stop() {
      if (!state.running) return;
      state.running = false;
      keys.end();
      display.draw();
      display.unmount();
      terminal.stop();
    },
  };
}
