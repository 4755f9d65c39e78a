/** The last bytes of a stream: everything goes in, only the end is kept. */
export interface ByteTail {
  push: (chunk: Buffer) => void;
  /** The last `count` lines as text, empty ones left out. */
  lines: (count: number) => string[];
}

export function createByteTail(maxBytes: number): ByteTail {
  let chunks: Buffer[] = [];
  let size = 0;
  return {
    push(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      // Joined only now and then, so that a flood costs no copy a chunk.
      if (size > 2 * maxBytes) {
        const rest = Buffer.concat(chunks).subarray(-maxBytes);
        chunks = [Buffer.from(rest)];
        size = rest.length;
      }
    },
    lines(count) {
      const text = Buffer.concat(chunks).subarray(-maxBytes).toString('utf8');
      return text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '')
        .slice(-count);
    },
  };
}
