import assert from 'node:assert/strict';
import { offered } from './bench.js';
import type { Exercise } from './types.js';

type Id = 'structured' | 'media' | 'links';

/** What a tool's result may hold. */
export const answers: Record<Id, Exercise> = {
  async structured(open, { era }) {
    const { connection, call } = await open();
    const name = era === 'legacy' ? 'get-structured-content' : 'weather';
    const tool = await offered(connection, name);
    assert.match(JSON.stringify(tool.outputSchema), /temperature/);
    const { structured } = await call(name, era === 'legacy' ? { location: 'New York' } : {});
    assert.equal((structured as { temperature: number }).temperature, 33);
  },

  async media(open) {
    const { call } = await open({ peer: 'own' });
    const { content } = await call('media');
    const found = content.map((piece) =>
      piece.type === 'image' || piece.type === 'audio'
        ? [piece.type, piece.mimeType, Buffer.from(piece.data).toString('latin1').slice(0, 4)]
        : [],
    );
    assert.deepEqual(found, [
      ['image', 'image/png', '\u0089PNG'],
      ['audio', 'audio/wav', 'RIFF'],
    ]);
  },

  async links(open, { era }) {
    const { connection, call } = await open();
    const signal = new AbortController().signal;
    const linked = await (era === 'legacy'
      ? call('get-resource-links', { count: 2 })
      : call('links'));
    const link = linked.content.find((piece) => piece.type === 'resource_link');
    assert.ok(link);
    // A link is read from the server that gave it.
    const [read] = await connection.readResource(link.uri, signal);
    assert.equal(read?.type, 'resource');
    const embedded = await (era === 'legacy'
      ? call('get-resource-reference', { resourceType: 'Text', resourceId: 1 })
      : call('links'));
    const inside = embedded.content.find((piece) => piece.type === 'resource');
    assert.ok(inside !== undefined && 'text' in inside && inside.text !== '');
  },
};
