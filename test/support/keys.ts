/** What a terminal sends for a key, as xterm does; keys of kitty's protocol only where asked for. */

const NAMED: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  escape: '\x1b',
  backspace: '\x7f',
  delete: '\x1b[3~',
  insert: '\x1b[2~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  space: ' ',
  'shift+enter': '\x1b[13;2u',
  'ctrl+left': '\x1b[1;5D',
  'ctrl+right': '\x1b[1;5C',
  'ctrl+f1': '\x1b[1;5P',
  'ctrl+_': '\x1f',
  'ctrl+space': '\x00',
};

/** A name as above, one character as a person sees it, `ctrl+c`, or `alt+` before any of these. Throws for another name. */
export function keyBytes(key: string): string {
  const named = NAMED[key];
  if (named !== undefined) return named;
  if (key.startsWith('alt+')) return `\x1b${keyBytes(key.slice('alt+'.length))}`;
  const letter = /^ctrl\+([a-z])$/.exec(key)?.[1];
  if (letter !== undefined) return String.fromCodePoint((letter.codePointAt(0) ?? 0) & 0x1f);
  if (Array.from(new Intl.Segmenter().segment(key)).length === 1) return key;
  throw new Error(`no key named ${key}`);
}
