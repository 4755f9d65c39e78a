import { describe, expect, it } from 'vitest';
import { createAbort } from '../../../../src/core/wait.js';
import { createGate, gateOf, type Gate, type Kind } from '../../../../src/mcp/incoming/gate.js';
import type { RunningCall } from '../../../../src/mcp/incoming/types.js';

const never = createAbort().signal;
const aCall = (questions = 0): RunningCall => ({ ended: never, hold: () => () => {}, questions });

function fixture(): { gate: Gate; floods: string[]; ask: Ask; tick: (ms: number) => void } {
  let time = 0;
  const floods: string[] = [];
  const gate = createGate({ onFlood: (why) => floods.push(why), now: () => time });
  const ask: Ask = (kind, calls = []) =>
    gate.pass(kind, calls, { signal: never, run: () => Promise.resolve('answered') }).catch(String);
  return {
    gate,
    floods,
    ask,
    tick: (ms) => {
      time += ms;
    },
  };
}
type Ask = (kind: Kind, calls?: RunningCall[]) => Promise<string>;

describe('the gate of a server', () => {
  it.each<[Kind, number]>([
    ['elicitation', 20],
    ['sampling', 10],
    ['roots', 60],
  ])('lets through so much %s in a minute: %d', async (kind, most) => {
    const { ask, floods, tick } = fixture();
    for (let i = 0; i < most; i += 1) expect(await ask(kind)).toBe('answered');
    for (let i = 0; i < 3; i += 1) expect(await ask(kind)).toContain('Too many requests');
    expect(floods).toEqual([`${kind} is refused, more than ${most} in a minute`]);
    tick(59_000);
    expect(await ask(kind)).toContain('Too many');
    tick(1001);
    expect(await ask(kind)).toBe('answered');
  });

  it('counts each kind for itself', async () => {
    const { ask } = fixture();
    for (let i = 0; i < 10; i += 1) await ask('sampling');
    expect(await ask('sampling')).toContain('Too many');
    expect(await ask('elicitation')).toBe('answered');
  });

  it('counts the questions of a call, and takes the one that asked least', async () => {
    const { ask } = fixture();
    const [first, second] = [aCall(9), aCall(3)];
    expect(await ask('elicitation', [first, second])).toBe('answered');
    expect([first.questions, second.questions]).toEqual([9, 4]);
    expect(await ask('elicitation', [aCall(10)])).toContain('more than 10 in one call');
  });

  it('lets one through at a time, and few wait', async () => {
    const { gate, ask } = fixture();
    const order: string[] = [];
    let answer: (value: string) => void = () => {};
    const first = gate.pass('elicitation', [], {
      signal: never,
      run: () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    });
    const others = Array.from({ length: 9 }, async (_, index) => {
      await ask('elicitation');
      order.push(String(index));
    });
    expect(await ask('elicitation')).toContain('more than 10 at once');
    expect(await ask('roots')).toBe('answered');
    expect(order).toEqual([]);
    answer('now');
    expect(await first).toBe('now');
    await Promise.all(others);
    expect(order).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  });

  it('lets the next one through when one ahead is taken back', async () => {
    const { gate, ask } = fixture();
    const abort = new AbortController();
    let answer: (value: string) => void = () => {};
    const first = gate.pass('sampling', [], {
      signal: never,
      run: () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    });
    const second = gate.pass('sampling', [], {
      signal: abort.signal,
      run: () => Promise.reject(new Error('was run')),
    });
    const third = ask('sampling');
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'interrupted' });
    answer('first');
    expect(await first).toBe('first');
    expect(await third).toBe('answered');
  });

  it('is the same one on the next connection of a run, and another one in another run', () => {
    const options = { onFlood: () => {} };
    const ports = {};
    expect(gateOf(ports, 'a', options)).toBe(gateOf(ports, 'a', options));
    expect(gateOf(ports, 'a', options)).not.toBe(gateOf(ports, 'b', options));
    expect(gateOf(ports, 'a', options)).not.toBe(gateOf({}, 'a', options));
  });
});
