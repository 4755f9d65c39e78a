import { describe, expect, it } from 'vitest';
import type { OpenedLink } from '../../../src/mcp/link.js';
import { listenForChanges, type Filter } from '../../../src/mcp/listen.js';
import { createSubscriptions } from '../../../src/mcp/subscriptions.js';
import { failureOf } from '../../servers/connect.js';

const never = new AbortController().signal;

/** A link to a server of the 2026-07-28 revision that honours what it is told to. */
function link(honour: (filter: Filter) => Filter) {
  const filters: Filter[] = [];
  const client = {
    getProtocolEra: () => 'modern',
    getServerCapabilities: () => ({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true },
    }),
    listen(filter: Filter, { signal }: { signal: AbortSignal }) {
      filters.push(filter);
      const closed = new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('local'));
      });
      return Promise.resolve({ honoredFilter: honour(filter), closed });
    },
  };
  const opened = {
    link: { client, server: { id: 'docs', callTimeoutMs: 5000 } },
    info: { offers: { subscriptions: true } },
    onTrouble: () => {},
  } as unknown as OpenedLink;
  return { opened, filters };
}

describe('what a server acknowledges', () => {
  it('is enough: subscribed', async () => {
    const { opened, filters } = link((filter) => filter);
    const subscriptions = createSubscriptions(opened);
    await subscriptions.add('mem://a', never);
    await subscriptions.add('mem://a', never);
    await subscriptions.remove('mem://b', never);
    expect(filters).toEqual([{ resourceSubscriptions: ['mem://a'] }]);
    subscriptions.stop();
  });

  it('is less: refused, and not asked for again', async () => {
    const { opened, filters } = link(() => ({ resourceSubscriptions: ['mem://a'] }));
    const subscriptions = createSubscriptions(opened);
    expect(await failureOf(subscriptions.add('mem://b', never))).toMatchObject({
      code: 'server_failed',
      server: 'docs',
      message: 'docs does not tell of changes of mem://b.',
    });
    await subscriptions.add('mem://a', never);
    expect(filters.at(-1)).toEqual({ resourceSubscriptions: ['mem://a'] });
    subscriptions.stop();
  });

  it('is less than it declares: told', async () => {
    const { opened } = link(() => ({ toolsListChanged: true }));
    const end = new AbortController();
    const warnings: string[] = [];
    listenForChanges(opened.link, {
      signal: end.signal,
      onNotification: () => {},
      onTrouble: () => {},
      onWarning: (message) => warnings.push(message),
    });
    await expect
      .poll(() => warnings)
      .toEqual(['docs does not tell of changed prompts, as it declares']);
    end.abort();
  });
});
