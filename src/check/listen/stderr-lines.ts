/** Longer lines are told in pieces of this size; characters. */
const MAX_LINE_CHARS = 64 * 1024;

/** Bytes as lines of text. */
export function createStderrLines(emit: (line: string) => void) {
  const decoder = new TextDecoder();
  let held = '';
  const take = (text: string) => {
    const lines = (held + text).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) emit(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (held.length < MAX_LINE_CHARS) return;
    emit(held);
    held = '';
  };
  return {
    push: (bytes: Uint8Array) => take(decoder.decode(bytes, { stream: true })),
    flush() {
      take(decoder.decode());
      if (held !== '') emit(held);
      held = '';
    },
  };
}
