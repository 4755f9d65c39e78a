import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectImageProtocol, imageSequence } from '../../../../src/render/ink/images.js';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
    ),
  );

const u16 = (value: number) => [value >> 8, value & 255];
const u16le = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const png = (width: number, height: number, size = 0) =>
  bytes(
    PNG_START,
    u32(13),
    'IHDR',
    u32(width),
    u32(height),
    Array.from({ length: size }, () => 7),
  );
const gif = (width: number, height: number) => bytes('GIF89a', u16le(width), u16le(height));
const jpeg = (width: number, height: number) =>
  bytes(
    [0xff, 0xd8, 0xff, 0xe0, ...u16(16), ...Array.from({ length: 14 }, () => 0)],
    [0xff, 0xc4, ...u16(4), 0, 0],
    [0xff, 0xff, 0xc2, ...u16(17), 8, ...u16(height), ...u16(width), 3, 0, 0],
  );
const webp = bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ');

const kitty = (data: Uint8Array, room = { columns: 80, rows: 24 }) =>
  imageSequence({ data, mimeType: 'image/png', protocol: 'kitty', ...room });
const iterm2 = (data: Uint8Array, mimeType = 'image/jpeg') =>
  imageSequence({ data, mimeType, protocol: 'iterm2', columns: 80, rows: 24 });

describe('kitty', () => {
  it('gets a PNG in chunks, told to say nothing', () => {
    const data = png(800, 800, 7000);
    const sequence = kitty(data) ?? '';
    const chunks = [...sequence.matchAll(/\u001b_G([^;]*);([A-Za-z0-9+/=]*)\u001b\\/g)];
    expect(chunks.map(([whole]) => whole).join('')).toBe(sequence);
    expect(chunks.map(([, keys]) => keys)).toEqual(['a=T,f=100,q=2,c=40,r=20,m=1', 'm=1', 'm=0']);
    expect(chunks.every(([, , payload = '']) => payload.length <= 4096)).toBe(true);
    const sent = Buffer.from(chunks.map(([, , payload]) => payload).join(''), 'base64');
    expect(sent.equals(data)).toBe(true);
  });

  it.each([
    ['wide', 4000, 100, 'c=60,r=1'],
    ['high', 100, 4000, 'c=1,r=20'],
    ['square', 2000, 2000, 'c=40,r=20'],
    ['small', 16, 16, 'c=2,r=1'],
    ['endless', 0xffff_ffff, 1, 'c=60,r=1'],
    ['nonsense', 0, 0, 'c=60,r=20'],
  ])('fits it into 60 × 20 cells: %s', (_, width, height, cells) => {
    expect(kitty(png(width, height))).toContain(`,${cells},m=0`);
  });

  it('fits it into a smaller screen', () => {
    expect(kitty(png(2000, 2000), { columns: 23, rows: 6 })).toContain(',c=12,r=6,');
    expect(kitty(png(2000, 2000), { columns: 0, rows: 0 })).toContain(',c=1,r=1,');
  });

  it('gets nothing but PNG', () => {
    for (const data of [gif(10, 10), jpeg(10, 10), webp]) expect(kitty(data)).toBeUndefined();
  });
});

describe('iTerm2', () => {
  it.each([
    ['png', png(160, 160), 'width=20;height=10'],
    ['gif', gif(160, 80), 'width=20;height=5'],
    ['jpeg', jpeg(320, 160), 'width=40;height=10'],
    ['webp, whose size is not read', webp, 'width=60;height=20'],
  ])('gets a %s', (_, data, cells) => {
    const payload = Buffer.from(data).toString('base64');
    expect(iterm2(data)).toBe(
      `\u001b]1337;File=inline=1;size=${data.length};${cells};preserveAspectRatio=1:${payload}\u0007`,
    );
  });
});

describe('what is no image', () => {
  it.each([
    ['text', Buffer.from('\u001b[2J')],
    ['nothing', new Uint8Array()],
    ['the beginning of a PNG', bytes(PNG_START.slice(0, 7))],
    ['a RIFF of another kind', bytes('RIFF', [0, 0, 0, 0], 'WAVE')],
  ])('is not sent: %s', (_, data) => {
    expect(kitty(data)).toBeUndefined();
    expect(iterm2(data)).toBeUndefined();
  });

  it('is not sent when the server does not call it one, or when it is too large', () => {
    expect(iterm2(png(1, 1), 'text/html')).toBeUndefined();
    expect(kitty(png(1, 1, 10 * 1024 * 1024))).toBeUndefined();
  });

  it('never makes a sequence of anything but base64', () => {
    const start = fc.constantFrom(png(3, 3), gif(3, 3), jpeg(3, 3), webp);
    const property = fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const data = Buffer.concat([head, tail]);
      for (const sequence of [kitty(data), iterm2(data)]) {
        if (sequence === undefined) continue;
        const whole =
          /^(?:(?:\u001b_G[a-zA-Z0-9=,]+;[A-Za-z0-9+/=]*\u001b\\)+|\u001b\]1337;[A-Za-z0-9=;]+:[A-Za-z0-9+/=]+\u0007)$/;
        expect(sequence).toMatch(whole);
      }
    });
    fc.assert(property);
  });
});

describe('the terminal', () => {
  it.each([
    [{ TERM: 'xterm-kitty' }, 'kitty'],
    [{ KITTY_WINDOW_ID: '1', TERM: 'xterm-256color' }, 'kitty'],
    [{ TERM_PROGRAM: 'ghostty' }, 'kitty'],
    [{ TERM_PROGRAM: 'WezTerm' }, 'iterm2'],
    [{ TERM_PROGRAM: 'iTerm.app' }, 'iterm2'],
    [{ LC_TERMINAL: 'iTerm2' }, 'iterm2'],
    [{ KONSOLE_VERSION: '230400' }, 'kitty'],
    [{ KONSOLE_VERSION: '210800' }, undefined],
    [{ TERM: 'xterm-256color' }, undefined],
    [{ TERM: 'dumb', KITTY_WINDOW_ID: '1' }, undefined],
    [{ TERM: 'tmux-256color', KITTY_WINDOW_ID: '1' }, undefined],
    [{ TERM: 'xterm-kitty', TMUX: '/tmp/tmux-0/default,1,0' }, undefined],
    [{ TERM_PROGRAM: 'iTerm.app', STY: '123.pts-0' }, undefined],
    [{}, undefined],
  ] as const)('of %j', (env, protocol) => {
    expect(detectImageProtocol(env)).toBe(protocol);
  });
});
