import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../servers/oauth/authorization-server.js';
import { startGuarded } from '../servers/oauth/guarded.js';
import { createPerson, type Person } from '../servers/oauth/person.js';
import { closeChats, openChat, type ChatTerminal } from '../support/chat.js';
import { assertOnlyOwnSequences } from '../support/sequences.js';

/** A dialog takes no key in its first 300 ms, which somebody may have typed for something else. */
const GUARD_MS = 450;

let person: Person;
const servers: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  person = createPerson();
});
afterEach(async () => {
  await closeChats();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  person.remove();
});

/** A chat with a server that lets nobody in without a login. */
async function openDocs(): Promise<{ chat: ChatTerminal; as: AuthorizationServer }> {
  const as = await startAuthorizationServer();
  const server = await startGuarded({ as });
  servers.push(as, server);
  const chat = await openChat({
    columns: 100,
    rows: 30,
    home: person.home,
    env: { ...person.env, BROWSER: `${person.home}/bin/xdg-open` },
    servers: { docs: { type: 'http', url: server.mcpUrl } },
  });
  await chat.waitFor(`docs wants you to log in at ${new URL(as.issuer).host}`);
  await delay(GUARD_MS);
  return { chat, as };
}

/** The address in the dialog, its rows put together. */
function shownUrl(chat: ChatTerminal): URL {
  const rows = chat.screen();
  const first = rows.indexOf('address:') + 1;
  const last = rows.findIndex((row, at) => at > first && !row.startsWith('│ '));
  const parts = rows.slice(first, last).map((row) => row.slice(2));
  return new URL(parts.join(''));
}

it('shows the whole address, opens the browser on a yes, and connects when it comes back', async () => {
  const { chat, as } = await openDocs();
  const url = shownUrl(chat);
  expect(url.origin).toBe(as.issuer);
  expect(url.searchParams.has('code_challenge')).toBe(true);
  expect(person.opened()).toEqual([]);
  chat.press('o');
  await chat.waitFor(/✓ docs connected .*2 tools/);
  expect(person.opened()).toEqual([[url.href]]);
  expect(chat.scrollback().join('\n')).toContain('✓ docs is logged in at 127.0.0.1');
  const bytes = chat.bytes().toString();
  expect(as.secrets().filter((secret) => bytes.includes(secret))).toEqual([]);
  await chat.ask('/servers logout docs', 'The login of docs is forgotten');
  expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear2J: 0, clear3J: 0 });
});

it('opens nothing without a yes, says what to type, and logs in then', async () => {
  const { chat } = await openDocs();
  // Enter on what is chosen at first.
  chat.press('enter');
  await chat.waitFor('→ /servers login docs');
  await chat.waitFor(/1 server \(1 ⚠\) · \/servers login docs/);
  expect(person.opened()).toEqual([]);
  chat.say('/servers login docs');
  await chat.waitFor('docs wants you to log in at');
  await delay(GUARD_MS);
  chat.press('o');
  await chat.waitFor(/✓ docs: connected.* · 2 tools/);
  expect(person.opened()).toHaveLength(1);
});

it('waits for a browser that does not come back until Esc', async () => {
  person.remove();
  person = createPerson({ idle: true });
  const { chat } = await openDocs();
  chat.press('o');
  await chat.waitFor('Waiting for the browser to come back from 127.0.0.1');
  await chat.waitFor(() => person.opened().length === 1);
  chat.press('escape');
  await chat.waitFor('docs is not logged in: cancelled');
  await chat.ask('Still there?', 'You said: Still there?');
});
