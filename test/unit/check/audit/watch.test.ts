import { describe, expect, it } from 'vitest';
import { watch } from '../../../../src/check/audit/watch.js';
import type { RawStream } from '../../../../src/net/raw.js';

const signal = new AbortController().signal;

/** A stream into which a test writes. */
function stream() {
  const queue: (string | undefined)[] = [];
  let wake = () => {};
  const state = { closed: false };
  const push = (text: string | undefined) => {
    queue.push(text);
    wake();
  };
  const raw: RawStream = {
    status: 200,
    statusText: 'OK',
    headers: [],
    headersMs: 1,
    problem: undefined,
    code: undefined,
    async *chunks() {
      while (!state.closed) {
        const next = queue.shift();
        if (next !== undefined) yield Buffer.from(next);
        else if (queue.length > 0) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (queue[0] === undefined && queue.length > 0) return;
      }
    },
    close() {
      state.closed = true;
      wake();
    },
  };
  return { raw, push, isClosed: () => state.closed };
}

describe('watch', () => {
  it('tells which events hold a marker, as soon as one does', async () => {
    const { raw, push } = stream();
    const live = watch(raw, { watchMs: 20_000, signal });
    const seen = live.seen('ostler-7');
    push(': keep-alive\n\n');
    push('event: message\ndata: {"id":"ostler-1"}\n\nevent: mess');
    push('age\nid: 9\ndata: {"id":"ostler-7"}\n\n');
    expect(await seen).toEqual(['{"id":"ostler-7"}']);
    expect(await live.seen('ostler-1')).toEqual(['{"id":"ostler-1"}']);
    expect(live.events.map(({ event, id }) => [event, id])).toEqual([
      ['message', undefined],
      ['message', '9'],
    ]);
    expect(Buffer.from(live.head).toString()).toMatch(/^: keep-alive/);
    live.close();
  });

  it('says nothing came only when the stream stood all the time', async () => {
    const { raw, push } = stream();
    const live = watch(raw, { watchMs: 60, signal });
    push('data: x\n\n');
    expect(await live.seen('y')).toEqual([]);
    const unknown = live.seen('y');
    push(undefined);
    expect(await unknown).toBeUndefined();
    expect(live.ended).toBe('the server ended it');
    expect(await live.seen('y')).toBeUndefined();
    expect(await live.seen('x')).toEqual(['x']);
  });

  it('finds events that are there and those to come, or gives up', async () => {
    const { raw, push } = stream();
    const live = watch(raw, { watchMs: 10, signal });
    const found = live.find(({ event }) => event === 'endpoint', 20_000, signal);
    push('event: endpoint\ndata: /m\n\n');
    expect(await found).toMatchObject({ data: '/m' });
    expect(await live.find(() => false, 20, signal)).toBeUndefined();
    const stop = new AbortController();
    const waiting = live.find(() => false, 60_000, stop.signal);
    stop.abort();
    expect(await waiting).toBeUndefined();
    live.close();
  });

  it.each([
    ['events', 'data: x\n\n'.repeat(2001), /2000 events/],
    ['characters', `data: ${'x'.repeat(1024 * 1024)}\n\n`.repeat(9), /more than 8 MiB/],
    ['an event without end', `data: ${'x'.repeat(9 * 1024 * 1024)}`, /an event larger than 8 MiB/],
    ['comments', `: ${'x'.repeat(1024 * 1024)}\n`.repeat(65), /more than 64 MiB/],
  ])('ends a stream of too many %s', async (_, flood, why) => {
    const { raw, push, isClosed } = stream();
    const live = watch(raw, { watchMs: 20_000, signal });
    push(flood);
    expect(await live.seen('never')).toBeUndefined();
    expect(live.ended).toMatch(why);
    expect(isClosed()).toBe(true);
    expect(live.events.length).toBeLessThanOrEqual(2000);
  });
});
