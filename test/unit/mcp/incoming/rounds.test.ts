import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.js';
import type { Incoming } from '../../../../src/mcp/incoming/incoming.js';
import { REJECTED, Refusal } from '../../../../src/mcp/incoming/refusal.js';
import { completeRounds } from '../../../../src/mcp/incoming/rounds.js';
import type { Round } from '../../../../src/mcp/incoming/input-required.js';
import type { Question } from '../../../../src/mcp/incoming/types.js';

const never = new AbortController().signal;

function asking(answers: (question: Question) => Promise<JsonObject>, results: unknown[]) {
  const rounds: Round[] = [];
  const asked: Question[] = [];
  const incoming = {
    answer(question: Question) {
      asked.push(question);
      return answers(question);
    },
  } as Incoming;
  const done = completeRounds(results.shift() as { resultType: 'input_required' }, {
    server: 'docs',
    what: 'tool',
    incoming,
    call: { ended: never, hold: () => () => {}, questions: 0 },
    signal: never,
    send(round) {
      rounds.push(round);
      return Promise.resolve(results.length === 1 ? results[0] : results.shift());
    },
  });
  return { done, rounds, asked };
}
const ok = () => Promise.resolve({ action: 'accept' });
const more = (fields: object) => ({ resultType: 'input_required', ...fields });

describe('rounds', () => {
  it('go on until the result is complete, with the state of the last one only', async () => {
    const { done, rounds } = asking(ok, [
      more({ inputRequests: { a: { method: 'x' }, b: { method: 'y' } }, requestState: 'one' }),
      more({ inputRequests: { c: { method: 'z' } } }),
      more({ requestState: '' }),
      { content: [] },
    ]);
    expect(await done).toEqual({ content: [] });
    expect(rounds).toEqual([
      { inputResponses: { a: { action: 'accept' }, b: { action: 'accept' } }, requestState: 'one' },
      { inputResponses: { c: { action: 'accept' } } },
      { requestState: '' },
    ]);
  });

  it('keep a key that would change the object', async () => {
    const inputRequests = JSON.parse('{"__proto__":{"method":"x"}}') as object;
    const { done, rounds } = asking(ok, [more({ inputRequests }), {}]);
    await done;
    expect(JSON.stringify(rounds)).toBe('[{"inputResponses":{"__proto__":{"action":"accept"}}}]');
  });

  it('pass on what is no question as one that is refused', async () => {
    const { done, asked } = asking(
      () => Promise.reject(new Refusal(-32_601, 'no')),
      [more({ inputRequests: { a: 'ask!' } }), {}],
    );
    await expect(done).rejects.toMatchObject({ code: 'server_failed', server: 'docs' });
    expect(asked).toEqual([expect.objectContaining({ method: '', params: {} })]);
  });

  it('end with a no', async () => {
    const { done, rounds } = asking(
      () => Promise.reject(new Refusal(REJECTED, 'no')),
      [more({ inputRequests: { a: {}, b: {} } }), {}],
    );
    await expect(done).rejects.toMatchObject({ code: 'denied' });
    expect(rounds).toEqual([]);
  });

  it('end when there is no end', async () => {
    const { done, rounds } = asking(
      ok,
      [more({ inputRequests: { a: {} } })].flatMap((x) => [x, x]),
    );
    await expect(done).rejects.toMatchObject({ message: 'docs: tool still asks after 10 rounds.' });
    expect(rounds).toHaveLength(10);
  });
});
