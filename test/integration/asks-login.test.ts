import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResultEvent } from '../../src/core/events.js';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../servers/oauth/authorization-server.js';
import { startGuarded, type GuardedServer } from '../servers/oauth/guarded.js';
import { createPerson, type Person } from '../servers/oauth/person.js';
import { runOstler } from '../support/ostler.js';

/** A server that wants a login, where nobody is at a terminal. */
let person: Person;
let as: AuthorizationServer;
let server: GuardedServer;
let ollama: FakeOllama;
beforeEach(async () => {
  person = createPerson();
  as = await startAuthorizationServer();
  server = await startGuarded({ as });
  ollama = await startFakeOllama();
});
afterEach(async () => {
  person.remove();
  await server.close();
  await as.close();
  await ollama.close();
});

it('opens no browser for a command, and says how to log in', async () => {
  const { code, stdout, stderr } = await runOstler(['tools', server.mcpUrl], { env: person.env });
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('ostler mcp login');
  expect(person.opened()).toEqual([]);
});

it('opens no browser for a prompt either', async () => {
  const words = ['-p', 'Go', '--json', '--host', ollama.url, '--server', server.mcpUrl];
  const { code, stdout } = await runOstler([...words, '--require-servers', 'all'], {
    env: person.env,
  });
  const { error } = JSON.parse(stdout) as ResultEvent;
  expect([code, error?.code]).toEqual([3, 'auth_required']);
  expect(error?.hint).toContain('ostler mcp login');
  expect(person.opened()).toEqual([]);
});
