import { toTerminalLine } from '../core/terminal-text.js';

/** Keys and list positions from the top of a file down to a value. */
export type KeyPath = readonly (string | number)[];

/** `mcpServers.docs.args[1]`; keys with odd characters are quoted. Safe to print. */
export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w$-]+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(toTerminalLine(key.slice(0, 80)))}]`;
  }
  return text;
}

/** True when `inner` is `outer` or lies below it. */
export function isWithin(inner: KeyPath, outer: KeyPath): boolean {
  return outer.length <= inner.length && outer.every((key, index) => key === inner[index]);
}
