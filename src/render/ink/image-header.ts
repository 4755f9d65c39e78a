export type ImageType = 'png' | 'jpeg' | 'gif' | 'webp';

export interface ImageSize {
  /** Pixels. */
  width: number;
  height: number;
}

/** What kind of image the bytes are, by their first ones; undefined when none of those that terminals show. */
export function imageType(data: Uint8Array): ImageType | undefined {
  if (starts(data, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (starts(data, 0, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (/^GIF8[79]a/.test(ascii(data, 0, 6))) return 'gif';
  if (ascii(data, 0, 4) === 'RIFF' && ascii(data, 8, 12) === 'WEBP') return 'webp';
  return undefined;
}

/** Width and height from the header; undefined when it does not tell, or tells nonsense. */
export function imageSize(data: Uint8Array, type: ImageType): ImageSize | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = readSize(view, type);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

function readSize(view: DataView, type: ImageType): ImageSize | undefined {
  switch (type) {
    case 'png':
      // IHDR is the first chunk (PNG, 5.6).
      if (view.byteLength < 24) return undefined;
      return { width: view.getUint32(16), height: view.getUint32(20) };
    case 'gif':
      if (view.byteLength < 10) return undefined;
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'jpeg':
      return jpegSize(view);
    case 'webp':
      return undefined;
  }
}

/** Walks the segments to the frame header, SOF0 … SOF15 (ITU-T T.81, B.1 and B.2.2). */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // DHT, JPG and DAC lie within the range and are no frames.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

function starts(data: Uint8Array, at: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => data[at + index] === byte);
}

function ascii(data: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...data.subarray(from, to));
}
