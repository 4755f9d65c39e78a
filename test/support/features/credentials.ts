import assert from 'node:assert/strict';
import { remote } from '../../servers/definitions.js';
import { startAuthorizationServer } from '../../servers/oauth/authorization-server.js';
import { startGuarded } from '../../servers/oauth/guarded.js';
import { startFeatureServer } from '../../servers/peers.js';
import type { Exercise } from './types.js';

type Id = 'credentials' | 'oauth' | 'header-mirroring';

export const credentials: Record<Id, Exercise> = {
  async credentials(open, { era, transport }) {
    if (transport === 'stdio') {
      const { text } = await open({ env: { FEATURE_TOKEN: 'token-of-the-environment' } });
      const told = await text(era === 'legacy' ? 'get-env' : 'environment');
      assert.match(told, /token-of-the-environment/);
      return;
    }
    // A server of its own: it tells which credentials its requests came with.
    const peer = await startFeatureServer(era);
    try {
      const value = `Bearer ${era}-${transport}-token`;
      const protocol = era === 'legacy' ? 'legacy' : 'auto';
      const url = `${peer.url}/${transport === 'sse' ? 'sse' : 'mcp'}`;
      const headers = [['Authorization', value]] as const;
      const { text } = await open({ server: remote(url, { headers, protocol }) });
      const { seen } = JSON.parse(await text('state')) as { seen: string[] };
      assert.deepEqual(seen, [value]);
    } finally {
      await peer.close();
    }
  },

  async oauth(open, { era, transport }) {
    const as = await startAuthorizationServer();
    const revision = era === 'legacy' ? '2025-11-25' : '2026-07-28';
    const guarded = await startGuarded({ as, era: revision });
    try {
      const url = transport === 'sse' ? guarded.sseUrl : guarded.mcpUrl;
      const protocol = era === 'legacy' ? 'legacy' : 'auto';
      const { text, person } = await open({ server: remote(url, { protocol }) });
      assert.equal(await text('add_numbers', { number1: 2, number2: 3 }), '5');
      assert.equal(person.logins(), 1);
      assert.equal(as.logins(), 1);
      assert.ok(guarded.entered() > 0);
    } finally {
      await Promise.all([guarded.close(), as.close()]);
    }
  },

  async 'header-mirroring'(open) {
    const { text } = await open({ peer: 'own' });
    assert.equal(await text('region', { region: 'eu' }), 'eu');
  },
};
