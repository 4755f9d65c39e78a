import type { FileHandle } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAppender } from '../../../src/app/sessions/appender.js';

/** A disk with room for so many bytes; more can be given. */
function makeDisk(room: number) {
  const disk = { room, text: '', opened: 0, closed: 0 };
  const handle = {
    write(bytes: Buffer, from: number) {
      const taken = Math.min(disk.room, bytes.length - from);
      if (taken === 0) {
        return Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
      }
      disk.room -= taken;
      disk.text += bytes.toString('utf8', from, from + taken);
      return Promise.resolve({ bytesWritten: taken });
    },
    datasync: () => Promise.resolve(),
    close: () => {
      disk.closed += 1;
      return Promise.resolve();
    },
  };
  const open = () => {
    disk.opened += 1;
    return Promise.resolve({ handle: handle as unknown as FileHandle, torn: false });
  };
  return { disk, open };
}

describe('an appender', () => {
  it('opens the file at the first line and writes in order', async () => {
    const { disk, open } = makeDisk(1000);
    const appender = createAppender(open);
    await appender.flush();
    expect(disk.opened).toBe(0);
    for (const line of ['a\n', 'b\n', 'c\n']) appender.push(line);
    await appender.flush();
    appender.push('d\n');
    await appender.close();
    appender.push('e\n');
    await appender.flush();
    expect(disk).toMatchObject({ text: 'a\nb\nc\nd\n', opened: 1, closed: 1 });
  });

  it.each(Array.from({ length: 14 }, (_, room) => room))(
    'loses no line on a disk that is full after %i bytes',
    async (room) => {
      const { disk, open } = makeDisk(room);
      const appender = createAppender(open);
      appender.push('one\n');
      appender.push('two\n');
      appender.push('three\n');
      await expect(appender.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
      disk.room = 1000;
      appender.push('four\n');
      await appender.flush();
      const lines = disk.text.split('\n').filter((line) => line !== '');
      const whole = lines.filter((line) => ['one', 'two', 'three', 'four'].includes(line));
      expect(whole).toEqual(['one', 'two', 'three', 'four']);
      // What is besides is the torn one, on a line of its own.
      expect(lines.length - whole.length).toBeLessThanOrEqual(1);
      await appender.close();
    },
  );

  it('is closed although it could not write', async () => {
    const { disk, open } = makeDisk(2);
    const appender = createAppender(open);
    appender.push('one\n');
    await expect(appender.close()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(disk.closed).toBe(1);
  });

  it('says why the file cannot be opened, and tries again', async () => {
    const { disk, open } = makeDisk(1000);
    let fails = true;
    const appender = createAppender(() => (fails ? Promise.reject(new Error('locked')) : open()));
    appender.push('one\n');
    await expect(appender.flush()).rejects.toThrow('locked');
    fails = false;
    await appender.flush();
    expect(disk.text).toBe('one\n');
  });
});
