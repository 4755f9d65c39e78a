import { setTimeout as delay } from 'node:timers/promises';
import { now } from './child.js';
import type { Player } from './seat.js';
import { median, percentile } from './statistics.js';
import type { Sample } from './types.js';

/** Nothing else on a screen looks like it. */
export const TYPED = 'quokka';
/** Between two keys, milliseconds: a fast typist's. */
const PAUSE_MS = 40;

/** Types a text at once after the start and waits until it can be seen: the prompt is usable. */
export async function untilUsable({ pty, startedAt, shown, sees }: Player): Promise<number> {
  pty.write(TYPED);
  return (await shown(() => sees(TYPED))) - startedAt;
}

/** Letters and backspaces in turn after `TYPED`, each until it can be seen. */
export async function typeKeys(player: Player, keys: number): Promise<Sample> {
  const { pty, shown, sees } = player;
  const times: number[] = [];
  for (let key = 0; key < keys; key += 1) {
    // Not in step with the frames of an answer.
    await delay(PAUSE_MS + ((key * 7) % 20));
    const letter = 'abcdefghijklm'[(key >> 1) % 13] ?? 'a';
    const more = key % 2 === 0;
    const pressedAt = now();
    pty.press(more ? letter : 'backspace');
    const seenAt = await shown(() => sees(TYPED + letter) === more && sees(TYPED));
    times.push(seenAt - pressedAt);
  }
  return { key: median(times), keyTail: percentile(times, 99) };
}
