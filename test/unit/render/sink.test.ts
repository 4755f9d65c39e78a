import { spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../../src/core/events.js';
import { createSink } from '../../../src/render/sink.js';
import { renderStreamJson } from '../../../src/render/stream-json.js';
import { renderText } from '../../../src/render/text.js';
import { at, init, optionsFor, result, says, Screen } from './fixtures.js';

/** Lets everything that is ready happen. */
const settle = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });

/** An output whose every write fails. */
function failing(code: string): Writable {
  return new Writable({
    write: (_, __, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  });
}

describe('a slow reader', () => {
  it('is waited for: no event is asked for that cannot be written', async () => {
    let asked = 0;
    async function* events(): AsyncGenerator<AgentEvent> {
      for (; asked < 10_000; asked += 1) yield at(says('0123456789', true));
      yield at(result(''));
    }
    for (const renderer of [renderText, renderStreamJson]) {
      asked = 0;
      const slow = new Screen({ isTTY: true, hold: true, highWaterMark: 1000 });
      const rendering = renderer(events(), optionsFor(createSink(slow)));
      await settle();
      expect(asked).toBeLessThan(200);
      slow.release();
      await rendering;
      expect(asked).toBe(10_000);
      expect(slow.text.length).toBeGreaterThanOrEqual(100_000);
    }
  });

  it('gets everything in order, and flush waits for the last byte', async () => {
    const screen = new Screen({ hold: true, highWaterMark: 10 });
    const sink = createSink(screen);
    const writing = (async () => {
      for (let count = 0; count < 50; count += 1) await sink.write(`${count} `);
      await sink.flush();
      return 'done';
    })();
    expect(await Promise.race([writing, settle()])).toBeUndefined();
    screen.release();
    expect(await writing).toBe('done');
    expect(screen.text).toBe(Array.from({ length: 50 }, (_, count) => `${count} `).join(''));
  });
});

describe('a reader that is gone', () => {
  it.each(['EPIPE', 'ECONNRESET', 'EIO', 'EBADF'])(
    'by %s is told once, and no failure',
    async (code) => {
      let told = 0;
      const sink = createSink(failing(code), { onClose: () => (told += 1) });
      for (let count = 0; count < 5; count += 1) {
        await sink.write('x'.repeat(20_000));
        await settle();
      }
      await sink.flush();
      expect(sink.closed).toBe(true);
      expect(told).toBe(1);
    },
  );

  it('while a write waits for room ends the wait', async () => {
    for (const end of [
      (screen: Screen) => screen.destroy(),
      (screen: Screen) => screen.destroy(Object.assign(new Error('x'), { code: 'EPIPE' })),
    ]) {
      const screen = new Screen({ hold: true, highWaterMark: 10 });
      const sink = createSink(screen);
      const writing = sink.write('more than ten bytes');
      await settle();
      end(screen);
      await writing;
      expect(sink.closed).toBe(true);
      await sink.write('more');
      await sink.flush();
    }
  });

  it('from the beginning is no failure either', async () => {
    const screen = new Screen();
    screen.destroy();
    await settle();
    const sink = createSink(screen);
    expect(sink.closed).toBe(true);
    await sink.write('x'.repeat(100_000));
    await sink.flush();
  });

  it('lets a renderer come to its end', async () => {
    const sink = createSink(failing('EPIPE'));
    async function* events(): AsyncGenerator<AgentEvent> {
      yield at(init());
      for (let count = 0; count < 1000; count += 1) yield at(says('x'.repeat(1000), true));
      yield at(result('the end'));
    }
    const last = await renderStreamJson(events(), optionsFor(sink));
    expect(last.response).toBe('the end');
  });

  it('of a real pipe is noticed', async () => {
    const child = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] });
    await new Promise((resolve) => {
      child.on('exit', resolve);
    });
    const sink = createSink(child.stdin);
    for (let count = 0; count < 100 && !sink.closed; count += 1) {
      await sink.write('x'.repeat(100_000));
      await settle();
    }
    expect(sink.closed).toBe(true);
    await sink.flush();
  });
});

describe('an output that fails', () => {
  it('for another reason is an error in words, from then on and at the end', async () => {
    const sink = createSink(failing('ENOSPC'));
    await expect(sink.write('x')).rejects.toMatchObject({ code: 'output_failed' });
    await sink.write('dropped');
    await expect(sink.flush()).rejects.toMatchObject({
      code: 'output_failed',
      exitCode: 1,
      message: 'The output could not be written: the device is full (ENOSPC).',
    });
  });

  it.skipIf(!existsSync('/dev/full'))('on a full disk', async () => {
    const sink = createSink(createWriteStream('/dev/full'));
    await sink.write('x');
    await expect(sink.flush()).rejects.toMatchObject({ code: 'output_failed' });
    expect(sink.closed).toBe(true);
  });
});

describe('a sink', () => {
  it('knows a terminal', () => {
    expect(createSink(new Screen({ isTTY: true })).isTerminal).toBe(true);
    expect(createSink(new Screen()).isTerminal).toBe(false);
  });

  it('does not wait where there is room, and leaves no listeners behind', async () => {
    const screen = new Screen({ highWaterMark: 10 });
    const sink = createSink(screen);
    const before = screen.listenerCount('error') + screen.listenerCount('close');
    for (let count = 0; count < 100; count += 1) await sink.write('more than ten bytes');
    await sink.write('');
    expect(screen.listenerCount('error') + screen.listenerCount('close')).toBe(before);
    expect(screen.listenerCount('drain')).toBe(0);
  });
});
