import type { MessageEvent, ThinkingEvent } from '../../../core/events.js';
import { redact } from '../../../core/redact.js';
import { toTerminal } from '../../../core/terminal-text.js';
import { createAnswer, type Answer } from './answer.js';
import type { Output } from './output.js';
import {
  createThinking,
  createThought,
  foldedRow,
  type Thinking,
  type Thought,
} from './thinking.js';
import type { LivePart, TranscriptOptions } from './types.js';

/** What the model says and thinks, in the order it comes. */
export interface Speech extends LivePart {
  push: (event: MessageEvent | ThinkingEvent) => void;
  /** Prints what is left of what is being written. */
  end: () => void;
  /** An answer or a thought is being written. */
  readonly speaking: boolean;
  toggleThinking: () => boolean;
}

export function createSpeech(options: TranscriptOptions, output: Output): Speech {
  const { frame } = options;
  let answer: Answer | undefined;
  let thinking: Thinking | undefined;
  let showThinking = false;
  /** The last thought that was folded. */
  let folded: Thought | undefined;
  /** Ids of the last message and thought of which pieces came: their whole says nothing new. */
  const streamed = { message: '', thinking: '' };

  const endThinking = () => {
    const thought = thinking?.end(showThinking);
    if (thought !== undefined) folded = showThinking ? undefined : thought;
    thinking = undefined;
  };
  const end = () => {
    endThinking();
    answer?.end();
    answer = undefined;
  };
  const piece = (type: 'message' | 'thinking', content: string) => {
    if (type === 'message') {
      endThinking();
      answer ??= createAnswer(options, output);
      answer.push(content);
      return;
    }
    answer?.end();
    answer = undefined;
    thinking ??= createThinking(frame, output);
    thinking.push(content);
  };
  /** A whole of which no piece came. */
  const whole = ({ type, content }: MessageEvent | ThinkingEvent) => {
    end();
    if (content.trim() === '') return;
    if (type === 'message') {
      piece(type, content);
      end();
      return;
    }
    const thought = createThought(toTerminal(redact(content)));
    folded = showThinking ? undefined : thought;
    output.part().add(showThinking ? thought.rows(frame()) : [foldedRow(frame())]);
  };
  return {
    push(event) {
      const { type, id } = event;
      if (event.delta) {
        streamed[type] = id;
        if (event.content !== '') piece(type, event.content);
      } else if (streamed[type] === id) {
        streamed[type] = '';
        if (type === 'message') end();
        else endThinking();
      } else {
        whole(event);
      }
    },
    end,
    get speaking() {
      return answer !== undefined || thinking !== undefined;
    },
    live: (maxRows, now) => (thinking ?? answer)?.live(maxRows, now) ?? [],
    get animated() {
      return thinking !== undefined;
    },
    toggleThinking() {
      showThinking = !showThinking;
      if (showThinking && folded !== undefined) output.part().add(folded.rows(frame()));
      if (showThinking) folded = undefined;
      return showThinking;
    },
  };
}
