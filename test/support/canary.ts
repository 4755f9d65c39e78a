import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The spellings in which a secret can hide; half of one is too much as well. */
export function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const half = Math.ceil(secret.length / 2);
  return [
    secret.slice(0, half),
    secret.slice(-half),
    secret.slice(0, -1).toUpperCase(),
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

/** Files under a directory, hidden ones too, that hold one of the texts, and the text. */
export function filesHolding(directory: string, texts: readonly string[]): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const file = path.join(directory, name);
    if (!statSync(file).isFile()) return [];
    const content = readFileSync(file, 'latin1');
    return texts.filter((text) => content.includes(text)).map((text) => `${file}: ${text}`);
  });
}

/** Command lines of a process and its descendants, while they live; empty where there is no /proc. */
export function commandLines(pid: number): string[] {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean);
  return [
    read(`/proc/${pid}/cmdline`),
    ...children.flatMap((child) => commandLines(Number(child))),
  ];
}
