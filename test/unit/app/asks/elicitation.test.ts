import { describe, expect, it } from 'vitest';
import { createElicitation } from '../../../../src/app/asks/elicitation.js';
import type { ElicitationMode, WrittenAnswer } from '../../../../src/config/types.js';
import type { ElicitationAnswer, FormField } from '../../../../src/core/asks.js';
import { forgetSecrets, registerSecret } from '../../../../src/core/redact.js';
import { form, NAME, quiet, told, warnings } from './asks-helper.js';

const PAGE = {
  id: 'e2',
  server: 'docs',
  mode: 'url',
  message: 'Log in',
  url: 'https://login.example.com/start?secret=in-the-address',
  host: 'login.example.com',
} as const;

const written = (more: Partial<WrittenAnswer> = {}): WrittenAnswer => ({
  where: 'answers.yaml:1',
  action: 'accept',
  content: { name: 'Ada' },
  ...more,
});

function setup(mode: ElicitationMode, answers: readonly WrittenAnswer[] = []) {
  const parts = told({ settings: { elicitation: { mode, answers } } });
  return { ...parts, ...createElicitation(parts.parts) };
}

describe('a question where nobody is', () => {
  it('is declined, and told once with the ways to answer it', async () => {
    const { elicit, events } = setup('ask');
    expect(await elicit(form(), quiet)).toEqual({ action: 'decline' });
    expect(await elicit(form(), quiet)).toEqual({ action: 'decline' });
    expect(warnings(events)).toEqual([
      'docs asked "Your name, please" (name), and nobody is here to answer, so it was declined. Answer it with --answers FILE.',
    ]);
    expect(events.filter(({ type }) => type !== 'log').slice(0, 2)).toEqual([
      {
        type: 'elicitation',
        id: 'e1',
        server: 'docs',
        mode: 'form',
        message: 'Your name, please',
        fields: ['name'],
      },
      { type: 'elicitation_result', id: 'e1', server: 'docs', action: 'decline', source: 'policy' },
    ]);
  });

  it('names defaults as a way only where they are enough', async () => {
    const { elicit, events } = setup('ask');
    await elicit(form([{ ...NAME, kind: 'text', default: 'Bob' }]), quiet);
    expect(warnings(events)[0]).toContain('--on-elicitation accept-defaults');
  });

  it('about a page tells its host and not its address', async () => {
    const { elicit, events } = setup('ask');
    expect(await elicit(PAGE, quiet)).toEqual({ action: 'decline' });
    expect(events[0]).toMatchObject({ mode: 'url', host: 'login.example.com' });
    expect(JSON.stringify(events)).not.toContain('in-the-address');
  });

  it.each(['decline', 'cancel'] as const)('gets %s, and nobody is told of it', async (mode) => {
    const { elicit, events } = setup(mode);
    expect(await elicit(form(), quiet)).toEqual({ action: mode });
    expect(warnings(events)).toEqual([]);
  });
});

describe('accept-defaults', () => {
  it('sends what the form has', async () => {
    const { elicit, events } = setup('accept-defaults');
    const fields: FormField[] = [
      { kind: 'text', name: 'name', required: true, default: 'Bob' },
      { kind: 'number', name: 'age', integer: true, required: false },
    ];
    expect(await elicit(form(fields), quiet)).toEqual({
      action: 'accept',
      content: { name: 'Bob' },
    });
    expect(events.at(-1)).toMatchObject({ action: 'accept', source: 'policy' });
    expect(JSON.stringify(events)).not.toContain('Bob');
  });

  it('declines a form that needs more, and says what', async () => {
    const { elicit, events } = setup('accept-defaults');
    expect(await elicit(form(), quiet)).toEqual({ action: 'decline' });
    expect(warnings(events)[0]).toContain('name is required');
  });

  it('opens no page', async () => {
    const { elicit, events } = setup('accept-defaults');
    expect(await elicit(PAGE, quiet)).toEqual({ action: 'decline' });
    expect(warnings(events)[0]).toContain('needs a person');
  });
});

describe('answers of a file', () => {
  it('come before the mode, the first that fits first', async () => {
    const answers = [
      written({ server: 'other' }),
      written({ match: 'YOUR NAME', fields: ['name'], content: { name: 'Ada' } }),
      written({ content: { name: 'Bob' } }),
    ];
    const { elicit, unused, events } = setup('cancel', answers);
    expect(await elicit(form(), quiet)).toEqual({ action: 'accept', content: { name: 'Ada' } });
    expect(unused()).toEqual([answers[0], answers[2]]);
    expect(events.at(-1)).toMatchObject({ source: 'file', action: 'accept' });
    expect(JSON.stringify(events)).not.toContain('Ada');
  });

  it.each<[string, FormField, unknown, unknown]>([
    ['a number for a text', NAME, 10115, '10115'],
    [
      'a text for a number',
      { kind: 'number', name: 'name', integer: false, required: true },
      '1.10',
      1.1,
    ],
    [
      'a title for a choice',
      {
        kind: 'choice',
        name: 'name',
        required: true,
        options: [{ value: 'r', title: 'Red' }],
      },
      'Red',
      'r',
    ],
    ['yes for true', { kind: 'boolean', name: 'name', required: true }, 'yes', true],
  ])('are made to fit: %s', async (_, field, value, sent) => {
    const { elicit } = setup('ask', [written({ content: { name: value as string } })]);
    expect(await elicit(form([field]), quiet)).toEqual({
      action: 'accept',
      content: { name: sent },
    });
  });

  it.each<[string, WrittenAnswer['content'], string]>([
    ['a missing value', {}, 'name is required'],
    ['an unknown field', { name: 'x', nme: 'y' }, 'nme is no field'],
    ['a wrong kind', { name: true }, 'name must be a text'],
  ])('that do not fit are told and declined: %s', async (_, content, problem) => {
    const { elicit, events } = setup('ask', [written({ content })]);
    expect(await elicit(form(), quiet)).toEqual({ action: 'decline' });
    expect(warnings(events)[0]).toContain(problem);
    expect(warnings(events)[0]).toContain('answers.yaml:1');
    expect(events.at(-1)).toMatchObject({ source: 'file', action: 'decline' });
  });

  it('may decline or cancel, and never open a page', async () => {
    const { elicit } = setup('ask', [
      written({ match: 'name', action: 'cancel' }),
      written({ match: 'log in' }),
    ]);
    expect(await elicit(form(), quiet)).toEqual({ action: 'cancel' });
    expect(await elicit(PAGE, quiet)).toEqual({ action: 'decline' });
  });
});

describe('a person', () => {
  const asked = (elicit: () => Promise<ElicitationAnswer>) => {
    const parts = told({ person: { elicit } });
    return { ...parts, ...createElicitation(parts.parts) };
  };

  it('answers, and what they say is in no event', async () => {
    const { elicit, events, calls } = asked(() =>
      Promise.resolve({ action: 'accept', content: { name: 'Secret Ada' } }),
    );
    const answer = await calls.track('docs', 'call_9', () => elicit(form(), quiet));
    expect(answer).toEqual({ action: 'accept', content: { name: 'Secret Ada' } });
    expect(events).toMatchObject([
      { type: 'elicitation', tool_id: 'call_9' },
      { type: 'elicitation_result', action: 'accept', source: 'user' },
    ]);
    expect(JSON.stringify(events)).not.toContain('Ada');
  });

  it('is not asked any longer when the signal fires, even by a dialog that does not listen', async () => {
    const { elicit, events } = asked(() => new Promise(() => {}));
    const abort = new AbortController();
    const answer = elicit(form(), abort.signal);
    abort.abort(new Error('the call is over'));
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    expect(events.at(-1)).toMatchObject({ action: 'cancel', source: 'policy' });
  });

  it('is asked one thing at a time, by all servers', async () => {
    let open = 0;
    let most = 0;
    const { elicit } = asked(async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise(setImmediate);
      open -= 1;
      return { action: 'decline' };
    });
    const servers = ['a', 'b', 'c'];
    await Promise.all(servers.map((server) => elicit(form([NAME], { server }), quiet)));
    expect(most).toBe(1);
  });
});

it('tells no secret of ours that a server sends back', async () => {
  registerSecret('token-of-ours-123');
  try {
    const { elicit, events } = setup('ask');
    await elicit(
      form([NAME], { message: `Is token-of-ours-123 yours? ${'x'.repeat(200)}` }),
      quiet,
    );
    expect(JSON.stringify(events)).not.toContain('token-of-ours');
    expect(JSON.stringify(events)).toContain('[REDACTED]');
  } finally {
    forgetSecrets();
  }
});
