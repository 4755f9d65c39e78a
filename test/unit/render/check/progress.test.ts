import { expect, it } from 'vitest';
import { createProgress, type ProgressOptions } from '../../../../src/render/check/progress.js';
import { createPaint } from '../../../../src/render/style.js';
import { eventsOf } from './fixtures.js';

function written(mode: ProgressOptions['mode'], columns?: number): string {
  const pieces: string[] = [];
  const stderr = { columns, write: (piece: string) => pieces.push(piece) } as never;
  const progress = createProgress({ stderr, mode, paint: createPaint(false) });
  for (const event of eventsOf()) progress.update(event);
  progress.end();
  return pieces.join('');
}

it('is one line of a terminal, taken away at the end', () => {
  const pieces = written('line', 80).split('\r\u001b[2K');
  expect(pieces).toEqual([
    '',
    'Checking math: control …',
    'control: passed, 2 tools, 30 ms',
    '1 of 6 checks, 9 requests',
    '',
  ]);
});

it('fits a narrow terminal', () => {
  for (const piece of written('line', 24).split('\r\u001b[2K')) {
    expect(piece.length).toBeLessThan(24);
  }
});

it('is a line for each verdict where nothing can be drawn over', () => {
  expect(written('lines').split('\n').slice(0, 3)).toEqual([
    'control: passed, 2 tools, 30 ms',
    'AUTH-01 pass: Answered 401.',
    'AUTH-13 fail: 200 to a token with junk behind it.',
  ]);
});

it('is nothing for who wants nothing', () => {
  expect(written('none')).toBe('');
});
