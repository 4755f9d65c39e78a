/** Cuts a byte stream into lines; a line longer than the cap is reported once and nothing is read after it. */
export interface LineReader {
  push: (chunk: Buffer) => void;
}

export interface LineReaderOptions {
  maxBytes: number;
  onLine: (line: string) => void;
  onTooLong: () => void;
}

const NEWLINE = 0x0a;

export function createLineReader({ maxBytes, onLine, onTooLong }: LineReaderOptions): LineReader {
  let held: Buffer[] = [];
  let size = 0;
  let broken = false;

  const tooLong = (extra: number) => {
    if (size + extra <= maxBytes) return false;
    broken = true;
    held = [];
    onTooLong();
    return true;
  };

  return {
    push(chunk) {
      if (broken) return;
      let from = 0;
      while (from < chunk.length) {
        const end = chunk.indexOf(NEWLINE, from);
        const piece = chunk.subarray(from, end === -1 ? chunk.length : end);
        if (tooLong(piece.length)) return;
        held.push(piece);
        size += piece.length;
        if (end === -1) return;
        const line = held.length === 1 ? piece : Buffer.concat(held);
        held = [];
        size = 0;
        from = end + 1;
        onLine(line.toString('utf8'));
      }
    },
  };
}
