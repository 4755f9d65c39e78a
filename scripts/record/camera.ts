import { setTimeout as delay } from 'node:timers/promises';
import type { Pty, Wanted } from '../../test/support/pty.js';
import { type Picture, pictureOf } from './cells.js';
import type { Moment } from './svg.js';

/** Plays a person at a terminal and films the screen. Times are those of the film, in steps of `TICK_MS`. */
export interface Camera {
  /** Key by key, as fast as a person types. */
  type: (text: string) => Promise<void>;
  press: (...keys: string[]) => Promise<void>;
  /** Films what happens until the screen is as wanted. */
  watch: (until: Wanted) => Promise<void>;
  /** Time to read. */
  hold: (ms: number) => void;
  /** Time to read, until the film is a multiple of `ms` long: its length is the same every time. */
  holdUntil: (ms: number) => void;
  moments: () => readonly Moment[];
}

const TICK_MS = 100;
/** A person's rhythm: the same every time. */
const RHYTHM = [40, 60, 50, 70, 40, 50, 90];
/** What is waited for takes a while that differs; what follows begins on the next beat. */
const BEAT_MS = 500;
/** A wait that shows nothing new is shortened to this. */
const DULL_MS = 1500;

export function createCamera(pty: Pty): Camera {
  const moments: Moment[] = [];
  let last = '';
  const shoot = (ms: number, most = Number.POSITIVE_INFINITY) => {
    const picture: Picture = pictureOf(pty.xterm, pty.mode(25) !== false);
    const seen = JSON.stringify(picture);
    const before = moments.at(-1);
    if (before && seen === last) before.ms = Math.max(before.ms, Math.min(most, before.ms + ms));
    else moments.push({ picture, ms });
    last = seen;
  };
  /** Lets the last picture stand until the film is a multiple of `ms` long. */
  const alignTo = (ms: number) => {
    const over = moments.reduce((sum, moment) => sum + moment.ms, 0) % ms;
    if (over > 0) shoot(ms - over);
  };
  const typeKey = async (key: string, ms: number) => {
    pty.press(key);
    await pty.quiet(40);
    shoot(ms);
  };
  return {
    type: async (text) => {
      for (const [at, char] of Array.from(text).entries()) {
        await typeKey(char, (RHYTHM[at % RHYTHM.length] ?? 50) + (char === '.' ? 200 : 0));
      }
    },
    press: async (...keys) => {
      for (const key of keys) await typeKey(key, TICK_MS);
    },
    watch: async (until) => {
      const cut = new AbortController();
      const film = async () => {
        while (!cut.signal.aborted) {
          shoot(TICK_MS, DULL_MS);
          await delay(TICK_MS);
        }
      };
      const end = pty.waitFor(until).finally(() => cut.abort());
      await Promise.all([end, film()]);
      await delay(TICK_MS);
      shoot(TICK_MS);
      alignTo(BEAT_MS);
    },
    hold: (ms) => shoot(ms),
    holdUntil: alignTo,
    moments: () => moments,
  };
}
