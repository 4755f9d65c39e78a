import { imageSize, imageType, type ImageType } from './image-header.js';

/** How a terminal takes images: kitty's graphics protocol, or iTerm2's OSC 1337. */
export type ImageProtocol = 'kitty' | 'iterm2';

export interface ImageRequest {
  data: Uint8Array;
  /** As the server says; what the bytes say counts. */
  mimeType: string;
  protocol: ImageProtocol;
  /** Room on the screen, in cells. */
  columns: number;
  rows: number;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_COLUMNS = 60;
const MAX_ROWS = 20;
/** A cell is about twice as high as it is wide. */
const CELL_RATIO = 2;
/** Width of a cell in pixels, so that a small image is not blown up. */
const CELL_PIXELS = 8;
/** kitty takes a chunk of at most 4096 bytes of base64 (graphics protocol, "The transmission medium"). */
const CHUNK = 4096;

const TYPES: Record<ImageProtocol, readonly ImageType[]> = {
  kitty: ['png'],
  iterm2: ['png', 'jpeg', 'gif', 'webp'],
};

/**
 * The escape sequence that shows an image at the cursor; the cursor ends in the image's last row. Undefined
 * when the terminal cannot decode it, it is no image at all, or it is larger than 10 MiB. Nothing of
 * the server's is in it but the image's bytes, in base64.
 */
export function imageSequence(request: ImageRequest): string | undefined {
  const { data, mimeType, protocol } = request;
  if (data.length > MAX_BYTES || !/^image\//i.test(mimeType)) return undefined;
  const type = imageType(data);
  if (type === undefined || !TYPES[protocol].includes(type)) return undefined;
  const cells = fit(imageSize(data, type), request);
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64');
  return protocol === 'kitty' ? kitty(base64, cells) : iterm2(base64, data.length, cells);
}

interface Cells {
  columns: number;
  rows: number;
}

/** The largest area of whole cells in the image's own proportions. */
function fit(size: { width: number; height: number } | undefined, room: Cells): Cells {
  const most = {
    columns: Math.max(1, Math.min(MAX_COLUMNS, room.columns)),
    rows: Math.max(1, Math.min(MAX_ROWS, room.rows)),
  };
  if (size === undefined) return most;
  const ratio = size.height / size.width / CELL_RATIO;
  const natural = Math.max(1, Math.ceil(size.width / CELL_PIXELS));
  const columns = Math.min(most.columns, natural, Math.max(1, Math.floor(most.rows / ratio)));
  return { columns, rows: Math.max(1, Math.min(most.rows, Math.round(columns * ratio))) };
}

/** https://sw.kovidgoyal.net/kitty/graphics-protocol/: transmit and display (a=T), PNG (f=100), no answers (q=2). */
function kitty(base64: string, { columns, rows }: Cells): string {
  let sequence = '';
  for (let at = 0; at < base64.length; at += CHUNK) {
    const more = at + CHUNK < base64.length ? 1 : 0;
    const keys = at === 0 ? `a=T,f=100,q=2,c=${columns},r=${rows},m=${more}` : `m=${more}`;
    sequence += `\u001b_G${keys};${base64.slice(at, at + CHUNK)}\u001b\\`;
  }
  return sequence;
}

/** https://iterm2.com/documentation-images.html */
function iterm2(base64: string, bytes: number, { columns, rows }: Cells): string {
  return `\u001b]1337;File=inline=1;size=${bytes};width=${columns};height=${rows};preserveAspectRatio=1:${base64}\u0007`;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How the terminal shows images, by the variables it documents; undefined when it does not say, and inside a multiplexer. */
export function detectImageProtocol(env: Environment): ImageProtocol | undefined {
  const term = env['TERM'] ?? '';
  const program = env['TERM_PROGRAM'] ?? '';
  const has = (name: string) => (env[name] ?? '') !== '';
  if (has('TMUX') || has('STY') || has('ZELLIJ') || /^(?:tmux|screen|dumb)/.test(term)) {
    return undefined;
  }
  if (has('KITTY_WINDOW_ID') || term === 'xterm-kitty') return 'kitty';
  if (program === 'ghostty' || term === 'xterm-ghostty' || has('GHOSTTY_RESOURCES_DIR')) {
    return 'kitty';
  }
  if (program === 'WezTerm' || has('WEZTERM_PANE')) return 'iterm2';
  if (program === 'iTerm.app' || env['LC_TERMINAL'] === 'iTerm2') return 'iterm2';
  // Konsole has kitty's protocol since 22.04, and says which it is since long before.
  return Number(env['KONSOLE_VERSION']) >= 220_400 ? 'kitty' : undefined;
}
