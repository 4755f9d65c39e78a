import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from './bench.js';
import type { Exercise } from './types.js';

type Id = 'roots' | 'roots-changed' | 'sampling' | 'form' | 'url' | 'url-required';

const PAGE = 'https://example.com/sign?id=1';

/** What a server asks of its host. */
export const questions: Record<Id, Exercise> = {
  async roots(open, { era }) {
    const { text, root } = await open();
    const told = await text(era === 'legacy' ? 'get-roots-list' : 'ask-roots');
    assert.ok(told.includes(root), told);
    assert.match(told, /work/);
  },

  async 'roots-changed'(open) {
    const { text, person, root } = await open();
    assert.ok((await text('get-roots-list')).includes(root));
    const folder = await mkdtemp(path.join(tmpdir(), 'ostler-moved-'));
    try {
      const uri = pathToFileURL(folder).href;
      person.move([{ uri, name: 'moved' }]);
      await until('the new folder', async () =>
        (await text('get-roots-list')).includes(uri) ? true : undefined,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  async sampling(open, { era }) {
    const { text, person } = await open();
    const answer = await (era === 'legacy'
      ? text('trigger-sampling-request', { prompt: 'What is it?', maxTokens: 50 })
      : text('ask-model'));
    assert.match(answer, /a good answer/);
    assert.match(answer, /parrot/);
    const [request] = person.sampled;
    assert.equal(request?.maxTokens, 50);
    assert.match(JSON.stringify(request.messages), /What is it\?/);
    assert.ok(request.systemPrompt);
  },

  async form(open, { era }) {
    const { text, person } = await open({
      content: era === 'legacy' ? { name: 'Ada' } : { name: 'Ada', colour: 'green' },
    });
    const answer = await text(era === 'legacy' ? 'trigger-elicitation-request' : 'ask-form');
    assert.match(answer, /Ada/);
    const [request] = person.elicited;
    assert.ok(request?.mode === 'form');
    assert.ok(['local', 'docs'].includes(request.server));
    const { fields } = request;
    assert.equal(fields.find(({ name }) => name === 'name')?.kind, 'text');
    if (era === 'modern') {
      assert.equal(fields.find(({ name }) => name === 'colour')?.default, 'green');
      return;
    }
    const kinds = new Set(fields.map(({ kind }) => kind));
    assert.deepEqual([...kinds].toSorted(), ['boolean', 'choice', 'choices', 'number', 'text']);
  },

  async url(open, { era }) {
    const { text, person } = await open();
    const answer = await (era === 'legacy'
      ? text('trigger-url-elicitation', { url: PAGE })
      : text('ask-page'));
    assert.match(answer, /accept/);
    const [request] = person.elicited;
    assert.ok(request?.mode === 'url');
    assert.equal(request.url, PAGE);
    assert.equal(request.host, 'example.com');
  },

  async 'url-required'(open) {
    const { call, person } = await open();
    const args = { url: PAGE, elicitationId: 'page-1', errorPath: true };
    const result = await call('trigger-url-elicitation', args);
    assert.equal(result.isError, false);
    // First the page the error names, then the one the repeated call asks for.
    assert.deepEqual(
      person.elicited.map((request) => request.mode === 'url' && request.url),
      ['https://modelcontextprotocol.io/', PAGE],
    );
  },
};
