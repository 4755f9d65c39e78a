import type { Chat } from '../../core/chat.js';
import { createAbort } from '../../core/wait.js';
import type { BusyLines } from './busy-lines.js';
import type { Display } from './display.js';
import type { InputPane } from './input-pane.js';
import type { Layers } from './layers.js';
import { askLayer, choiceLayer } from './questions.js';
import type { PromptRunner } from './prompt-runner.js';
import { replayConversation } from './replay.js';
import type { Transcript } from './transcript/transcript.js';
import type { Screen } from './types.js';
import type { ThemeName } from '../theme.js';

export interface ScreenParts {
  display: Display;
  transcript: Transcript;
  layers: Layers;
  busy: BusyLines;
  input: InputPane;
  chat: () => Chat | undefined;
  runner: () => PromptRunner | undefined;
  markdown: (text: string) => void;
  setTheme: (name: ThemeName) => void;
  clear: () => void;
  exit: () => void;
}

/** What commands can do to the screen. */
export function createScreenPort(parts: ScreenParts): Screen & { readonly verbose: boolean } {
  const { display, transcript, layers, input } = parts;
  const { signal } = createAbort();
  let verbose = false;
  const shown =
    <A extends unknown[], T>(work: (...args: A) => T) =>
    (...args: A): T => {
      const result = work(...args);
      display.invalidate();
      return result;
    };
  return {
    get verbose() {
      return verbose;
    },
    frame: display.frame,
    print: shown(transcript.print),
    markdown: shown(parts.markdown),
    note: shown(transcript.note),
    error: shown(transcript.error),
    submit: shown((message) => parts.runner()?.submit(message)),
    setInput: shown(input.setText),
    async choose(title, choices) {
      return layers.show(choiceLayer(title, choices), signal);
    },
    async ask(label, description) {
      return layers.show(askLayer(label, description), signal);
    },
    busy: parts.busy.start,
    clear: parts.clear,
    replay: shown(() => {
      const chat = parts.chat();
      if (chat !== undefined)
        replayConversation(chat.conversation.messages(), {
          ...transcript,
          markdown: parts.markdown,
        });
    }),
    setVerbose(on = !verbose) {
      verbose = on;
      transcript.setVerbose(on);
      display.invalidate();
      return on;
    },
    setTheme: shown(parts.setTheme),
    expand: shown(transcript.expand),
    exit: parts.exit,
  };
}
