import { createAbort } from '../../core/wait.js';
import type { BusyLines } from './busy-lines.js';
import type { EngineLink } from './engine-link.js';
import type { InputPane } from './input-pane.js';
import type { Layers } from './layers.js';
import { askLayer, choiceLayer } from './questions.js';
import { replayConversation } from './replay.js';
import type { Stage } from './stage.js';
import type { Transcript } from './transcript/transcript.js';
import type { Screen } from './types.js';
import type { ThemeName } from '../theme.js';

export interface ScreenParts {
  stage: Stage;
  transcript: Transcript;
  layers: Layers;
  busy: BusyLines;
  input: InputPane;
  engine: EngineLink;
  markdown: (text: string) => void;
  setTheme: (name: ThemeName) => void;
  exit: () => void;
}

/** What commands can do to the screen. */
export function createScreenPort(parts: ScreenParts): Screen & { readonly verbose: boolean } {
  const { stage, transcript, layers, input, engine } = parts;
  const { signal } = createAbort();
  let verbose = false;
  const shown =
    <A extends unknown[], T>(work: (...args: A) => T) =>
    (...args: A): T => {
      const result = work(...args);
      stage.changed();
      return result;
    };
  return {
    get verbose() {
      return verbose;
    },
    frame: stage.frame,
    print: shown(transcript.print),
    markdown: shown(parts.markdown),
    note: shown(transcript.note),
    error: shown(transcript.error),
    submit: shown((message) => engine.runner?.submit(message)),
    setInput: shown(input.setText),
    async choose(title, choices) {
      return layers.show(choiceLayer(title, choices), signal);
    },
    async ask(label, description) {
      return layers.show(askLayer(label, description), signal);
    },
    busy: parts.busy.start,
    clear: stage.clear,
    replay: shown(() => {
      const { chat } = engine;
      if (chat !== undefined) replayConversation(chat.conversation.messages(), transcript);
    }),
    setVerbose(on = !verbose) {
      verbose = on;
      transcript.setVerbose(on);
      stage.changed();
      return on;
    },
    setTheme: shown(parts.setTheme),
    expand: shown(transcript.expand),
    exit: parts.exit,
  };
}
