import assert from 'node:assert/strict';
import { quiet, offered, until } from './bench.js';
import type { Exercise } from './types.js';

type Id = 'subscriptions' | 'logging' | 'list-changed';

/** What a server tells by itself. */
export const changes: Record<Id, Exercise> = {
  async subscriptions(open, { era }) {
    const { connection, call, notices } = await open();
    assert.equal(connection.info.offers.subscriptions, true);
    const [uri, touch] =
      era === 'legacy'
        ? ['demo://resource/dynamic/text/1', 'toggle-subscriber-updates']
        : ['mem://note', 'touch'];
    await connection.subscribe(uri, quiet);
    const told = () =>
      notices.find((notice) => notice.type === 'resource-updated' && notice.uri === uri);
    if (era === 'legacy') await call(touch);
    await until('the change', async () => {
      // Where it has to listen first, the subscription may begin a little later.
      if (era === 'modern') await call(touch);
      return told();
    });
    await connection.unsubscribe(uri, quiet);
  },

  async logging(open, { era }) {
    const { connection, call, notices } = await open();
    assert.equal(connection.info.offers.logging, true);
    const lines = () => notices.filter((notice) => notice.type === 'log');
    if (era === 'legacy') {
      await connection.setLogLevel('debug', quiet);
      await call('toggle-simulated-logging');
      const line = await until('a line', () => lines().find(({ text }) => /level/i.test(text)));
      assert.match(line.text, new RegExp(line.level, 'i'));
      return;
    }
    await connection.setLogLevel('error', quiet);
    await call('say');
    await until('the error', () => lines().find(({ text }) => text === 'it went wrong'));
    assert.deepEqual(
      lines().map(({ level }) => level),
      ['error'],
    );
    await connection.setLogLevel('debug', quiet);
    await call('say');
    await until('the detail', () => lines().find(({ text }) => text === 'in detail'));
  },

  async 'list-changed'(open, { era }) {
    const { connection, call, notices } = await open({ peer: 'own' });
    await until('the new tool', async () => {
      const grown = () => connection.tools.find(({ name }) => name.startsWith('grown-'));
      if (grown() === undefined) await call('grow');
      return grown();
    });
    const { name } = await offered(connection, 'grown-1');
    assert.equal((await call(name)).isError, false);
    assert.ok(notices.some(({ type }) => type === 'tools'));
    if (era === 'modern') return;
    await call('other');
    await until('both lists', () =>
      ['prompts', 'resources'].every((type) => notices.some((notice) => notice.type === type))
        ? true
        : undefined,
    );
  },
};
