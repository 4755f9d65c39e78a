import { describe, expect, it } from 'vitest';
import type { FormRequest } from '../../../../../src/core/asks.js';
import type { ChatAsks } from '../../../../../src/core/chat.js';
import { OstlerError } from '../../../../../src/core/errors.js';
import { createChatAsks } from '../../../../../src/render/ink/asks/chat-asks.js';
import { createLayers } from '../../../../../src/render/ink/layers.js';
import { frameOf } from '../transcript/fixtures.js';
import { key, typed } from './open.js';

/** The place of the input, with a clock of its own. */
function openAsks() {
  let now = 0;
  const notes: string[] = [];
  const layers = createLayers(() => {});
  const asks: ChatAsks = createChatAsks({
    layers,
    now: () => now,
    note: (text) => notes.push(text),
    copy: () => true,
    printUrl: () => {},
    changed: () => {},
  });
  return {
    asks,
    notes,
    layers,
    pass: (ms: number) => (now += ms),
    text: () => layers.top?.view(21, frameOf()).rows.join('\n') ?? '',
    press: (name: string) => layers.top?.key(name.length === 1 ? typed(name) : key(name)),
  };
}

const form = (server: string): FormRequest => ({
  id: server,
  server,
  mode: 'form',
  message: 'Yes?',
  fields: [],
});
const roots = (server: string) => ({ id: server, server, roots: [] });
const never = new AbortController().signal;

describe('a question of a server', () => {
  it('takes no key that was typed before it could be read', async () => {
    const screen = openAsks();
    const answer = screen.asks.askRoots(roots('a'), never);
    screen.press('y');
    screen.pass(5000);
    screen.press('y');
    expect(screen.text()).toContain('a asks which folders');
    // Somebody who types on without a pause answers nothing, however long it lasts.
    for (let at = 0; at < 20; at += 1) {
      screen.pass(100);
      screen.press('y');
      screen.press('escape');
    }
    expect(screen.layers.waiting).toBe(1);
    screen.pass(300);
    screen.press('y');
    await expect(answer).resolves.toBe(true);
  });

  it('waits for the one before it, and says that others wait', async () => {
    const screen = openAsks();
    const first = screen.asks.elicit(form('one'), never);
    const second = screen.asks.elicit(form('two'), never);
    expect(screen.text()).toContain('one asks you');
    expect(screen.text()).toContain('1 more question after this one');
    screen.pass(300);
    screen.press('escape');
    await expect(first).resolves.toEqual({ action: 'cancel' });
    expect(screen.text()).toContain('two asks you');
    // The key that answered the first does not answer the second.
    screen.press('enter');
    expect(screen.layers.waiting).toBe(1);
    screen.pass(300);
    screen.press('enter');
    await expect(second).resolves.toEqual({ action: 'decline' });
  });

  it('goes away with the call that asks, and says why', async () => {
    const screen = openAsks();
    const controller = new AbortController();
    const answer = screen.asks.elicit(form('shop'), controller.signal);
    screen.text();
    controller.abort(new OstlerError('interrupted', 'The call was cancelled.'));
    await expect(answer).rejects.toThrow('The call was cancelled.');
    expect(screen.layers.top).toBeUndefined();
    expect(screen.notes).toEqual(['shop asks no more: The call was cancelled.']);
  });

  it('is not shown at all when nobody waits any more', async () => {
    const screen = openAsks();
    await expect(screen.asks.elicit(form('shop'), AbortSignal.abort())).rejects.toThrow();
    expect(screen.layers.top).toBeUndefined();
  });

  it('of a login goes away with the redirect, which is told elsewhere', async () => {
    const screen = openAsks();
    const controller = new AbortController();
    const request = {
      id: 'l',
      server: 'docs',
      url: 'https://auth.example/',
      host: 'auth.example',
      redirectUri: 'http://127.0.0.1:1/callback',
    };
    const answer = screen.asks.askLogin(request, controller.signal);
    expect(screen.text()).toContain('docs wants you to log in at auth.example');
    controller.abort(new OstlerError('interrupted', 'The login is over.'));
    await expect(answer).rejects.toThrow();
    expect(screen.notes).toEqual([]);
  });
});
