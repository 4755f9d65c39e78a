/** Bytes as text, whatever the pieces they come in; the mark at the beginning stays. */
export function createRawText(emit: (text: string) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (bytes) => {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') emit(text);
  };
}
