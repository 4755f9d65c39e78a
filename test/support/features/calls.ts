import assert from 'node:assert/strict';
import { quiet, offered, until } from './bench.js';
import type { Exercise } from './types.js';

type Id = 'tools' | 'progress' | 'cancellation' | 'tool-errors' | 'tasks' | 'task-input';

export const calls: Record<Id, Exercise> = {
  async tools(open) {
    const { connection, text } = await open();
    const echo = await offered(connection, 'echo');
    assert.ok(echo.title);
    assert.equal(echo.annotations?.['readOnlyHint'], true);
    assert.equal(echo.inputSchema['type'], 'object');
    assert.equal(await text('echo', { message: 'hi' }), 'Echo: hi');
  },

  async progress(open, { era }) {
    const { connection } = await open();
    const steps: number[] = [];
    const totals = new Set<number | undefined>();
    const [tool, args] =
      era === 'legacy'
        ? ['trigger-long-running-operation', { duration: 0.8, steps: 4 }]
        : ['steps', {}];
    const onProgress = ({ progress, total }: { progress: number; total?: number }) => {
      steps.push(progress);
      totals.add(total);
    };
    const result = await connection.call(tool, args, { signal: quiet, onProgress });
    assert.equal(result.isError, false);
    // The last one may arrive together with the result, which is the end of it anyway.
    assert.deepEqual(steps.slice(0, 3), [1, 2, 3]);
    assert.deepEqual([...totals], [4]);
  },

  async cancellation(open) {
    const { connection, text } = await open({ peer: 'own' });
    const state = async () =>
      JSON.parse(await text('state')) as { running: number; aborted: number };
    const before = await state();
    const stop = new AbortController();
    const waiting = connection.call('wait', {}, { signal: stop.signal });
    const failed = assert.rejects(waiting, { code: 'interrupted' });
    await until('the call to run', async () =>
      (await state()).running > before.running ? true : undefined,
    );
    stop.abort();
    await failed;
    await until('the server to hear of it', async () =>
      (await state()).aborted > before.aborted ? true : undefined,
    );
  },

  async 'tool-errors'(open) {
    const { call } = await open();
    const wrong = await call('echo', { message: 7 });
    assert.equal(wrong.isError, true);
    assert.match(JSON.stringify(wrong.content), /message/);
  },

  async tasks(open) {
    const { connection, call } = await open();
    const tool = await offered(connection, 'simulate-research-query');
    assert.equal(tool.taskSupport, 'required');
    const result = await call(tool.name, { topic: 'horses' });
    assert.equal(result.isError, false);
    assert.match(JSON.stringify(result.content), /Research Report: horses/);
  },

  async 'task-input'(open) {
    const { call, person } = await open({ content: { interpretation: 'snake' } });
    const result = await call('simulate-research-query', { topic: 'python', ambiguous: true });
    assert.equal(result.isError, false);
    assert.match(JSON.stringify(result.content), /python \(snake\)/);
    assert.equal(person.elicited.length, 1);
  },
};
