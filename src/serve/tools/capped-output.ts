/** Collects a command's output in bounded memory: its beginning, its end, and what lay between in bytes. */
export interface CappedOutput {
  push: (chunk: Buffer) => void;
  /** The text; says where and how much was left out. */
  text: () => string;
}

export function createCappedOutput(maxBytes: number): CappedOutput {
  const headMax = Math.floor(maxBytes / 2);
  const tailMax = maxBytes - headMax;
  const head: Buffer[] = [];
  let headSize = 0;
  let tail = Buffer.alloc(0);
  let total = 0;
  return {
    push(chunk) {
      total += chunk.length;
      const first = chunk.subarray(0, headMax - headSize);
      if (first.length > 0) head.push(Buffer.from(first));
      headSize += first.length;
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      tail = Buffer.concat([tail, rest.subarray(-tailMax)]).subarray(-tailMax);
    },
    text() {
      const begin = Buffer.concat(head);
      if (total <= maxBytes) return Buffer.concat([begin, tail]).toString('utf8');
      const start = withoutCutEnd(begin);
      const end = withoutCutStart(tail);
      const missing = total - start.length - end.length;
      return `${start.toString('utf8')}\n[... ${missing} bytes left out ...]\n${end.toString('utf8')}`;
    },
  };
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** Drops the first bytes of a UTF-8 sequence whose end was cut off. */
function withoutCutEnd(bytes: Buffer): Buffer {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && isContinuation(bytes[at])) at -= 1;
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return at >= 0 && at + length > bytes.length ? bytes.subarray(0, at) : bytes;
}

/** Drops the last bytes of a UTF-8 sequence whose start was cut off. */
function withoutCutStart(bytes: Buffer): Buffer {
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at += 1;
  return bytes.subarray(at);
}
