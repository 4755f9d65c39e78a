import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { registerSecret } from '../../../src/core/redact.js';
import { createCoalescer } from '../../../src/mcp/coalesce.js';
import { createLogLimit, type LogLine } from '../../../src/mcp/log-limit.js';
import { createRetries } from '../../../src/mcp/retry-policy.js';
import { createServerLog } from '../../../src/mcp/server-log.js';
import { toolChanges } from '../../../src/mcp/tool-changes.js';
import { SessionGone } from '../../../src/mcp/session-gone.js';
import { judge } from '../../../src/mcp/verdict.js';
import { local, remote } from '../../servers/definitions.js';

const child = local('x', []);
const far = remote('http://127.0.0.1:1/mcp');

describe('attempts', () => {
  it('wait longer and longer, never longer than 30 s, and end', () => {
    const retries = createRetries(() => 0);
    const waits: number[] = [];
    while (retries.exhausted() === undefined) waits.push(retries.next());
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    retries.lost(far, 29_000);
    expect(retries.exhausted()).toContain('8 attempts');
    retries.lost(far, 31_000);
    expect(retries.next()).toBe(1000);
  });

  it('begin at once where that helps, but only the first', () => {
    const retries = createRetries(() => 0);
    expect([retries.next(true), retries.next(true), retries.next(true)]).toEqual([0, 2000, 4000]);
  });

  it('are spread by a fifth', () => {
    expect(createRetries(() => 0.999).next()).toBe(800);
  });

  it('end with the third early death of a child, and a good life forgives', () => {
    const retries = createRetries();
    const failed = new OstlerError('server_failed', 'x');
    retries.lost(child, 4000);
    retries.failed(child, failed, 100);
    retries.lost(child, 6000);
    retries.lost(child, 4000);
    retries.failed(child, failed, 100);
    expect(retries.exhausted()).toBeUndefined();
    retries.failed(child, failed, 100);
    expect(retries.exhausted()).toContain('3 times in a row');
    retries.reset();
    expect(retries.exhausted()).toBeUndefined();
    for (let n = 0; n < 5; n += 1) retries.lost(far, 10);
    expect(retries.exhausted()).toBeUndefined();
  });
});

describe('a failed request', () => {
  it.each([
    ['auth_rejected', 401, 'refused'],
    ['auth_required', 401, 'refused'],
    ['forbidden', 403, 'fine'],
    ['server_unreachable', undefined, 'lost'],
    ['server_failed', 404, 'doubtful'],
    ['server_failed', 400, 'doubtful'],
    ['server_failed', undefined, 'doubtful'],
    ['timeout', undefined, 'fine'],
    ['interrupted', undefined, 'fine'],
  ] as const)('%s with status %s means: %s', (code, status, verdict) => {
    const error = new OstlerError(code, 'x', { status });
    expect(judge(error, far)).toBe(verdict);
    expect(judge(error, child)).toBe('fine');
  });
});

it('a session that a server does not know is gone', () => {
  const gone = new SessionGone('far', 'HTTP 404', { status: 404, cause: 0, unprocessed: true });
  expect(judge(gone, far)).toBe('session-gone');
});

describe('with a clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  describe('a storm of requests', () => {
    it('becomes one run at a time, not more than one a second', async () => {
      let running = 0;
      const starts: number[] = [];
      const coalescer = createCoalescer(
        async () => {
          running += 1;
          expect(running).toBe(1);
          starts.push(Date.now());
          await new Promise((resolve) => {
            setTimeout(resolve, 300);
          });
          running -= 1;
        },
        { quietMs: 50, everyMs: 1000 },
      );
      const from = Date.now();
      for (let n = 0; n < 300; n += 1) {
        coalescer.trigger();
        await vi.advanceTimersByTimeAsync(10);
      }
      await vi.advanceTimersByTimeAsync(5000);
      expect(starts.map((at) => at - from)).toEqual([50, 1050, 2050, 3050]);
      coalescer.trigger();
      coalescer.stop();
      expect(vi.getTimerCount()).toBe(0);
      coalescer.trigger();
      await vi.advanceTimersByTimeAsync(5000);
      expect(starts).toHaveLength(4);
    });
  });

  describe('a flood of messages', () => {
    it('is passed on by a hundred a second, the rest is counted', () => {
      const seen: LogLine[] = [];
      const limit = createLogLimit((line) => seen.push(line));
      for (let n = 0; n < 1000; n += 1) limit.push({ level: 'info', text: String(n) });
      expect(seen).toHaveLength(100);
      vi.advanceTimersByTime(1000);
      expect(seen.at(-1)).toEqual({ level: 'warning', text: '… 900 messages left out' });
      limit.push({ level: 'info', text: 'again' });
      expect(seen.at(-1)?.text).toBe('again');
      limit.stop();
      expect(vi.getTimerCount()).toBe(0);
      limit.push({ level: 'info', text: 'too late' });
      expect(seen).toHaveLength(102);
    });
  });
});

describe('a secret in a log', () => {
  it('is not shown, even across the end of what is shown', () => {
    const secret = 'log-secret-0123456789';
    registerSecret(secret);
    const log = createServerLog(() => {});
    log.stderr(Buffer.from(`token ${secret}\n${'x'.repeat(8180)}${secret}\n`));
    expect(log.lines()).toHaveLength(2);
    expect(JSON.stringify(log.lines())).not.toContain('log-secret');
  });
});

describe('the stderr of a child', () => {
  it('becomes the same lines however its bytes come', () => {
    const text = Buffer.from('grüße\n\n日本語\r\nlast');
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const log = createServerLog(() => {});
        const places = [...new Set([...cuts, text.length])].toSorted((a, b) => a - b);
        let from = 0;
        for (const place of places) {
          log.stderr(text.subarray(from, place));
          from = place;
        }
        log.flush();
        expect(log.lines().map((line) => line.text)).toEqual(['grüße', '日本語', 'last']);
      }),
    );
  });

  it('without an end of line is held only as far as it is shown', () => {
    const log = createServerLog(() => {});
    for (let n = 0; n < 1000; n += 1) log.stderr(Buffer.alloc(10_000, 'x'));
    log.stderr(Buffer.from('\nnext\n'));
    expect(log.lines().map(({ text }) => text.length)).toEqual([8193, 4]);
  });
});

describe('two lists of tools', () => {
  const tool = (name: string, more: object = {}) => ({ name, inputSchema: {}, ...more });

  it('differ by name and by description, not by the order of keys', () => {
    const before = [
      tool('a'),
      tool('b'),
      tool('c', { inputSchema: { x: 1, y: [{ p: 1, q: 2 }] } }),
    ];
    const after = [
      tool('c', { inputSchema: { y: [{ q: 2, p: 1 }], x: 1 } }),
      tool('b', { description: 'now with knives' }),
      tool('__proto__'),
    ];
    expect(toolChanges(before, after)).toEqual({
      added: ['__proto__'],
      removed: ['a'],
      changed: ['b'],
    });
    expect(toolChanges(before, [...before].toReversed())).toBeUndefined();
  });
});
