import { describe, expect, it } from 'vitest';
import { createSideEvents } from '../../../src/app/side-events.js';
import type { AgentEventBody } from '../../../src/core/events.js';
import { createDeferred } from '../../../src/core/deferred.js';

const log = (message: string): AgentEventBody => ({ type: 'log', level: 'info', message });

async function read<R>(steps: AsyncGenerator<AgentEventBody, R>) {
  const messages: string[] = [];
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return { messages, value: step.value };
    if (step.value.type === 'log') messages.push(step.value.message);
  }
}

describe('side events', () => {
  it('come while a step is awaited', async () => {
    const side = createSideEvents();
    const gate = createDeferred<void>();
    async function* steps() {
      yield log('step 1');
      await gate.promise;
      yield log('step 2');
      return 7;
    }
    side.emit(log('before'));
    const mixed = side.mix(steps());
    const first = [await mixed.next(), await mixed.next()];
    expect(first).toMatchObject([
      { value: { message: 'before' } },
      { value: { message: 'step 1' } },
    ]);
    const third = mixed.next();
    side.emit(log('beside'));
    expect(await third).toMatchObject({ value: { message: 'beside' } });
    gate.resolve();
    expect(await read(mixed)).toEqual({ messages: ['step 2'], value: 7 });
  });

  it('that come with the last step are not lost, nor is a failure', async () => {
    const side = createSideEvents();
    async function* ending() {
      yield log('step');
      side.emit(log('last words'));
      return 'end';
    }
    expect(await read(side.mix(ending()))).toEqual({
      messages: ['step', 'last words'],
      value: 'end',
    });
    // oxlint-disable-next-line require-yield
    async function* failing(): AsyncGenerator<AgentEventBody, never> {
      side.emit(log('seen'));
      throw new Error('broken');
    }
    const mixed = side.mix(failing());
    expect(await mixed.next()).toMatchObject({ value: { message: 'seen' } });
    await expect(mixed.next()).rejects.toThrow('broken');
  });

  it('are as fast with a great many steps', async () => {
    const side = createSideEvents();
    async function* many() {
      for (let at = 0; at < 20_000; at += 1) yield log(String(at));
      return 0;
    }
    const { messages } = await read(side.mix(many()));
    expect(messages).toHaveLength(20_000);
  });
});
