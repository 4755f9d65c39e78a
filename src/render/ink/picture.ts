import { now } from '../../core/clock.js';
import type { BusyLines } from './busy-lines.js';
import { composeRows } from './compose.js';
import type { Picture } from './display.js';
import type { EngineLink } from './engine-link.js';
import type { ImageDrawer } from './image-drawer.js';
import type { InputPane } from './input-pane.js';
import type { Layers } from './layers.js';
import { statusRow } from './status-line.js';
import type { Transcript } from './transcript/transcript.js';
import type { Frame } from './types.js';

export interface PictureParts {
  transcript: Transcript;
  images: ImageDrawer;
  busy: BusyLines;
  layers: Layers;
  input: InputPane;
  engine: EngineLink;
  /** In the place of the status for a while. */
  hint: () => string | undefined;
}

/** What the screen shows at one moment. */
export function createPicture(parts: PictureParts): (frame: Frame) => Picture {
  const { transcript, images, busy, layers, input, engine } = parts;
  return (frame) => {
    const finished = images.place(transcript.takeCommitted(), frame);
    const { top } = layers;
    const { rows, cursor } = composeRows(
      {
        live: (maxRows) => transcript.live(maxRows, frame),
        busy: busy.rows(frame),
        queued: engine.runner?.queued.map(({ text }) => text) ?? [],
        pane: (maxRows) => top?.view(maxRows, frame) ?? input.view(maxRows, frame),
        below: (maxRows) => (top === undefined ? input.menu(maxRows, frame) : []),
        status: statusOf(parts, frame),
      },
      frame,
    );
    // While a person is asked nothing goes on but what the transcript shows.
    const turning = busy.count > 0 || (engine.runner?.busy === true && top === undefined);
    const animated = transcript.animated || (turning && !frame.screenReader);
    return { finished, rows, cursor, animated };
  };
}

function statusOf({ engine, layers, hint }: PictureParts, frame: Frame): string {
  if (engine.chat === undefined) return frame.theme.paint('dim', 'starting…');
  const text = hint();
  // Esc belongs to the dialog while there is one.
  const since = layers.top === undefined ? engine.runner?.since : undefined;
  return statusRow(engine.chat.info, frame, {
    ...(text === undefined ? {} : { hint: text }),
    queued: engine.runner?.queued.length ?? 0,
    ...(since === undefined ? {} : { busyMs: now() - since }),
  });
}
