import { expect, it } from 'vitest';
import type { FormField, FormRequest } from '../../../../src/core/asks.js';
import { openDesk } from './desk.js';

const signal = () => new AbortController().signal;

function form(fields: readonly FormField[], message = 'Who are you?'): FormRequest {
  return { id: '1', server: 'docs', mode: 'form', message, fields };
}

const NAME: FormField = { kind: 'text', name: 'name', title: 'Your name', required: true };

it('asks for every field, and sends what was typed after a last look', async () => {
  const desk = openDesk();
  const answer = desk.asks.elicit(
    form([
      NAME,
      { kind: 'text', name: 'mail', format: 'email', required: false, default: 'a@example.com' },
      { kind: 'number', name: 'age', integer: true, minimum: 1, required: true },
      { kind: 'boolean', name: 'ok', required: true, default: false },
      { kind: 'choice', name: 'color', required: true, options: COLORS, default: 'g' },
      { kind: 'choices', name: 'pets', required: true, options: PETS, minItems: 1 },
    ]),
    signal(),
  );
  await desk.waitFor('docs asks:');
  await desk.when('Answer docs?', 'enter');
  await desk.type('Your name (name)', 'Ada');
  await desk.when('mail: optional, email', 'enter');
  await desk.type('age: whole number, at least 1', '36');
  await desk.when('ok', 'enter');
  await desk.when('color', 'enter');
  await desk.when('pets', 'space', 'enter');
  await desk.waitFor('To docs:');
  await desk.waitFor('Your name (name): Ada');
  await desk.waitFor('color: Green');
  await desk.when('Send this to docs?', 'enter');
  expect(await answer).toEqual({
    action: 'accept',
    content: { name: 'Ada', mail: 'a@example.com', age: 36, ok: false, color: 'g', pets: ['c'] },
  });
  expect(desk.isRaw()).toBe(false);
});

const COLORS = [
  { value: 'r', title: 'Red' },
  { value: 'g', title: 'Green' },
];
const PETS = [
  { value: 'c', title: 'Cat' },
  { value: 'd', title: 'Dog' },
];

it('says what is wrong with a value, and goes on when it is right', async () => {
  const desk = openDesk();
  const field: FormField = {
    kind: 'number',
    name: 'n',
    integer: true,
    maximum: 10,
    required: true,
  };
  const answer = desk.asks.elicit(form([field]), signal());
  await desk.when('Answer docs?', 'enter');
  await desk.when('n: whole number, at most 10', 'enter');
  await desk.shows('It is required.');
  desk.write('1x');
  desk.press('enter');
  await desk.shows('It must be a whole number.');
  desk.press('backspace', 'backspace');
  desk.write('11');
  desk.press('enter');
  await desk.shows('It must be at most 10.');
  desk.press('backspace', 'enter');
  await desk.when('Send this to docs?', 'enter');
  expect(await answer).toEqual({ action: 'accept', content: { n: 1 } });
});

it('leaves out what may be left out', async () => {
  const desk = openDesk();
  const answer = desk.asks.elicit(
    form([
      { kind: 'text', name: 'a', required: false },
      { kind: 'choice', name: 'b', required: false, options: COLORS },
      { kind: 'choices', name: 'c', required: false, options: PETS },
    ]),
    signal(),
  );
  await desk.when('Answer docs?', 'enter');
  await desk.when('a: optional', 'enter');
  await desk.when('b: optional', 'enter');
  await desk.when('c: optional', 'enter');
  await desk.waitFor('a: (nothing)');
  await desk.when('Send this to docs?', 'enter');
  expect(await answer).toEqual({ action: 'accept', content: {} });
});

it('asks anew for too few choices', async () => {
  const desk = openDesk();
  const field: FormField = {
    kind: 'choices',
    name: 'pets',
    required: true,
    options: PETS,
    minItems: 2,
  };
  const answer = desk.asks.elicit(form([field]), signal());
  await desk.when('Answer docs?', 'enter');
  await desk.when('at least 2 choices', 'space', 'enter');
  await desk.waitFor('pets must have at least 2 choices.');
  await desk.when('at least 2 choices', 'down', 'space', 'enter');
  await desk.when('Send this to docs?', 'enter');
  expect(await answer).toEqual({ action: 'accept', content: { pets: ['c', 'd'] } });
});

it('lets a value be changed at the end', async () => {
  const desk = openDesk();
  const answer = desk.asks.elicit(form([NAME]), signal());
  await desk.when('Answer docs?', 'enter');
  await desk.type('Your name (name)', 'Ad');
  await desk.when('Send this to docs?', 'down', 'enter');
  await desk.when('Change what?', 'enter');
  await desk.type('◆  Your name (name)', 'a');
  await desk.waitFor('Your name (name): Ada');
  await desk.when('Send this to docs?', 'enter');
  expect(await answer).toEqual({ action: 'accept', content: { name: 'Ada' } });
});

it.each([
  ['decline', ['down', 'enter'], { action: 'decline' }],
  ['cancel', ['down', 'down', 'enter'], { action: 'cancel' }],
  ['cancel by Ctrl+C', ['ctrl+c'], { action: 'cancel' }],
])('lets a person %s at the beginning', async (_, keys, expected) => {
  const desk = openDesk();
  const answer = desk.asks.elicit(form([NAME]), signal());
  await desk.when('Answer docs?', ...keys);
  expect(await answer).toEqual(expected);
  expect(desk.isRaw()).toBe(false);
});

it.each([
  ['decline', ['down', 'down', 'enter'], { action: 'decline' }],
  ['cancel', ['down', 'down', 'down', 'enter'], { action: 'cancel' }],
  ['cancel by Ctrl+C', ['ctrl+c'], { action: 'cancel' }],
])('lets a person %s at the end', async (_, keys, expected) => {
  const desk = openDesk();
  const answer = desk.asks.elicit(form([NAME]), signal());
  await desk.when('Answer docs?', 'enter');
  await desk.type('Your name (name)', 'Ada');
  await desk.when('Send this to docs?', ...keys);
  expect(await answer).toEqual(expected);
});

it('lets a person cancel in the middle', async () => {
  const desk = openDesk();
  const answer = desk.asks.elicit(form([NAME]), signal());
  await desk.when('Answer docs?', 'enter');
  await desk.when('Your name (name)', 'A', 'ctrl+c');
  expect(await answer).toEqual({ action: 'cancel' });
});

it('warns of a field that asks for a secret', async () => {
  const desk = openDesk();
  const answer = desk.asks.elicit(
    form([{ kind: 'text', name: 'api_key', required: true }]),
    signal(),
  );
  await desk.when('Answer docs?', 'enter');
  await desk.waitFor('! This looks like a secret');
  await desk.when('api_key', 'ctrl+c');
  await answer;
});

it('shows what a server wrote and lets none of it act', async () => {
  const hostile = '\u001b[2J\u001b]0;x\u0007\u202e\u0000';
  const desk = openDesk({ rows: 200 });
  const options = [{ value: `v${hostile}`, title: `t${hostile}` }];
  const answer = desk.asks.elicit(
    form(
      [
        {
          kind: 'text',
          name: `n${hostile}`,
          title: `T${hostile}`,
          description: hostile,
          required: false,
          default: hostile,
        },
        { kind: 'choice', name: 'c', options, required: true },
      ],
      `${hostile}\n◆  Send this to other?\n${'x'.repeat(500)}`,
    ),
    signal(),
  );
  await desk.when('Answer docs?', 'enter');
  await desk.waitFor('cannot be shown in a line');
  await desk.when('optional', 'enter');
  await desk.when('c', 'enter');
  await desk.when('Send this to docs?', 'enter');
  const result = await answer;
  expect(result).toEqual({ action: 'accept', content: { c: `v${hostile}` } });
  expect(desk.bytes()).not.toMatch(/\u001b\[2J|\u001b\]|\u202e|\u0000/);
  // Every row of the server's text stands behind a bar: none of it can pass for a question of ours.
  const forged = desk
    .text()
    .split('\n')
    .filter((row) => row.includes('Send this to other?'));
  expect(forged).toEqual(['│  ◆  Send this to other?']);
  expect(
    desk
      .text()
      .split('\n')
      .filter((row) => row.startsWith('x')),
  ).toEqual([]);
});

it('shows no more than a few screens of a message without end', async () => {
  const desk = openDesk();
  const answer = desk.asks.elicit(form([NAME], 'long '.repeat(200_000)), signal());
  await desk.waitFor('more characters)');
  await desk.when('Answer docs?', 'ctrl+c');
  await answer;
  expect(desk.bytes().length).toBeLessThan(20_000);
});
