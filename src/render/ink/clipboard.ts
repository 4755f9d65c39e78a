/** Terminals drop longer ones (xterm: 100,000 bytes of base64). */
const MAX_BYTES = 74_000;

/** The sequence that puts a text into the terminal's clipboard (OSC 52), also over ssh; undefined when it is too long. */
export function toClipboard(text: string): string | undefined {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length > MAX_BYTES ? undefined : `\u001b]52;c;${bytes.toString('base64')}\u0007`;
}
