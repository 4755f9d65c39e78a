import assert from 'node:assert/strict';
import { quiet } from './bench.js';
import type { Exercise } from './types.js';

type Id = 'resources' | 'templates' | 'prompts' | 'completion' | 'pagination';

export const lookups: Record<Id, Exercise> = {
  async resources(open, { era }) {
    const { connection } = await open();
    const listed = (await connection.listResources(quiet)).filter(({ template }) => !template);
    assert.ok(listed.length > 0);
    const [text, bytes] =
      era === 'legacy'
        ? ['demo://resource/dynamic/text/1', 'demo://resource/dynamic/blob/1']
        : ['mem://note', 'mem://bytes'];
    const [first] = await connection.readResource(
      era === 'legacy' ? text : (listed[0]?.uri ?? ''),
      quiet,
    );
    assert.ok(first?.type === 'resource' && 'text' in first && first.text.length > 0);
    const [second] = await connection.readResource(bytes, quiet);
    assert.ok(second?.type === 'resource' && 'blob' in second && second.blob.length > 0);
    await assert.rejects(connection.readResource('mem://nowhere', quiet), {
      code: 'server_failed',
    });
  },

  async templates(open, { era }) {
    const { connection } = await open();
    const listed = await connection.listResources(quiet);
    const [uri, one] =
      era === 'legacy'
        ? ['demo://resource/dynamic/text/{resourceId}', 'demo://resource/dynamic/text/7']
        : ['mem://page/{number}', 'mem://page/7'];
    assert.ok(listed.some((resource) => resource.template && resource.uri === uri));
    const [read] = await connection.readResource(one, quiet);
    assert.ok(read?.type === 'resource' && 'text' in read);
    assert.match(read.text, /7/);
  },

  async prompts(open, { era }) {
    const { connection } = await open();
    const [name, args] =
      era === 'legacy'
        ? ['args-prompt', { city: 'York', state: 'NY' }]
        : ['promote', { department: 'Sales', name: 'David' }];
    const prompt = (await connection.listPrompts(quiet)).find((one) => one.name === name);
    assert.equal(prompt?.arguments[0]?.required, true);
    const messages = await connection.getPrompt(name, args, quiet);
    assert.match(JSON.stringify(messages), era === 'legacy' ? /York, NY/ : /David in Sales/);
  },

  async completion(open, { era }) {
    const { connection } = await open();
    const ref = { prompt: era === 'legacy' ? 'completable-prompt' : 'promote' };
    const department = { ref, argument: 'department', value: 'E', context: {} };
    assert.deepEqual(await connection.complete(department, quiet), ['Engineering']);
    const context = { department: 'Sales' };
    const name = { ref, argument: 'name', value: 'D', context };
    assert.deepEqual(await connection.complete(name, quiet), ['David']);
    const [resource, argument] =
      era === 'legacy'
        ? ['demo://resource/dynamic/text/{resourceId}', 'resourceId']
        : ['mem://page/{number}', 'number'];
    const values = await connection.complete(
      { ref: { resource }, argument, value: '1', context: {} },
      quiet,
    );
    assert.equal(values[0], '1');
  },

  async pagination(open, { era }) {
    const { connection, text } = await open({ peer: 'own' });
    const { lists } = JSON.parse(await text('state')) as { lists: number };
    assert.ok(lists > 1, 'the list came in one page');
    assert.ok(
      connection.tools.some(({ name }) => name === (era === 'legacy' ? 'other' : 'region')),
    );
    assert.equal(new Set(connection.tools.map(({ name }) => name)).size, connection.tools.length);
    if (era === 'modern') return;
    assert.equal((await connection.listPrompts(quiet)).length, 5);
    assert.equal((await connection.listResources(quiet)).length, 5);
  },
};
