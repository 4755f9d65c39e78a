import { describe, expect, it } from 'vitest';
import { createApproval, matchesTool, type Ask } from '../../../src/agent/approval.js';
import type { ApprovalSettings } from '../../../src/config/types.js';
import type { RegisteredTool } from '../../../src/mcp/types.js';
import { ofType, play, runPrompt } from './harness.js';

const tool = (server: string, name: string): RegisteredTool => ({
  alias: `${server}__${name}`,
  server,
  name,
  description: '',
  inputSchema: {},
  annotations: { readOnlyHint: true },
});

const settings = (more: Partial<ApprovalSettings> = {}): ApprovalSettings => ({
  mode: 'ask',
  allow: [],
  deny: [],
  ...more,
});

const { signal } = new AbortController();
const decide = (
  own: ApprovalSettings,
  of = tool('fs', 'read'),
  auto: readonly string[] = [],
  ask?: Ask,
) =>
  createApproval({
    settings: own,
    autoApprove: new Map([['fs', auto]]),
    ...(ask === undefined ? {} : { ask }),
  })({ id: '1', tool: of, args: {} }, signal);

describe('a pattern', () => {
  it.each([
    ['fs/read', 'fs', 'read', true],
    ['fs/*', 'fs', 'read', true],
    ['fs', 'fs', 'read', true],
    ['f*', 'fs', 'read', true],
    ['*', 'fs', 'read', true],
    ['*/read', 'fs', 'read', true],
    ['fs__read', 'fs', 'read', true],
    ['fs__*', 'fs', 'read', true],
    ['fs/read', 'fs', 'read_all', false],
    ['fs/read', 'fs2', 'read', false],
    ['fs/r?ad', 'fs', 'read', true],
    ['read', 'fs', 'read', false],
    ['FS/READ', 'fs', 'read', false],
    ['fs/a/b', 'fs', 'a/b', true],
    ['fs/[a-z]*', 'fs', 'read', false],
    ['', 'fs', 'read', false],
    ['fs/.*', 'fs', 'read', false],
  ])('%s on %s/%s: %s', (pattern, server, name, expected) => {
    expect(matchesTool(pattern, tool(server, name))).toBe(expected);
  });
});

describe('the policy', () => {
  it.each<[ApprovalSettings['mode'], string, string]>([
    ['auto', 'allow', 'policy'],
    ['never', 'deny', 'policy'],
    ['ask', 'deny', 'policy'],
  ])('of mode %s alone is %s', async (mode, decision, source) => {
    expect(await decide(settings({ mode }))).toMatchObject({ decision, source });
  });

  it('deny wins over everything', async () => {
    const own = settings({ mode: 'auto', allow: ['fs/read', '*'], deny: ['*/read'] });
    expect(await decide(own, undefined, ['*'], () => Promise.reject(new Error('asked')))).toEqual({
      decision: 'deny',
      source: 'rule',
      reason: 'denied by the rule "*/read"',
    });
  });

  it('allow and the server’s own list win over the mode', async () => {
    for (const mode of ['ask', 'never'] as const) {
      expect(await decide(settings({ mode, allow: ['fs/re*'] }))).toEqual({
        decision: 'allow',
        source: 'rule',
      });
      expect(await decide(settings({ mode }), undefined, ['re*'])).toEqual({
        decision: 'allow',
        source: 'rule',
      });
    }
  });

  it('the server’s own list holds for that server alone', async () => {
    const verdict = await decide(settings(), tool('evil', 'read'), ['read', '*']);
    expect(verdict).toMatchObject({ decision: 'deny', unattended: true });
  });

  it('what a server says of its tools does not count', async () => {
    expect(await decide(settings())).toMatchObject({ decision: 'deny' });
  });

  it('a person is asked only in mode ask, and their answer holds', async () => {
    let asked = 0;
    const ask: Ask = () => {
      asked += 1;
      return Promise.resolve({ decision: 'deny', source: 'user', reason: 'not now' });
    };
    expect(await decide(settings(), undefined, [], ask)).toEqual({
      decision: 'deny',
      source: 'user',
      reason: 'not now',
    });
    await decide(settings({ mode: 'never' }), undefined, [], ask);
    await decide(settings({ mode: 'auto' }), undefined, [], ask);
    await decide(settings({ allow: ['fs'] }), undefined, [], ask);
    expect(asked).toBe(1);
  });

  it('nobody there is a denial that is marked', async () => {
    expect(await decide(settings())).toMatchObject({ decision: 'deny', unattended: true });
    expect(await decide(settings({ mode: 'never' }))).not.toHaveProperty('unattended');
  });
});

describe('in a run', () => {
  const unattended = createApproval({
    settings: settings({ deny: ['s/forbidden'] }),
    autoApprove: new Map(),
  });
  const tools = [{ name: 's/a' }, { name: 's/forbidden' }, { name: 's/$(reboot) "x' }];

  it('a denied call is not made, and the model is told', async () => {
    const { called, conversation, events, outcome } = await runPrompt({
      model: play([{ name: 's__forbidden' }], ['Then not.']),
      tools,
      approve: unattended,
    });
    expect(called).toEqual([]);
    expect(conversation.messages[2]).toMatchObject({
      content: 'The call was not allowed: denied by the rule "s/forbidden". Go on without it.',
    });
    expect(ofType(events, 'approval')).toEqual([
      {
        type: 'approval',
        tool_id: 'call_1',
        decision: 'deny',
        source: 'rule',
        reason: 'denied by the rule "s/forbidden"',
      },
    ]);
    // A rule did what it is there for: no failure.
    expect(outcome).toMatchObject({ response: 'Then not.', error: null });
    expect(outcome.toolCalls).toMatchObject([{ status: 'denied' }]);
  });

  it('nobody to ask lets the model answer, and fails in the end with what to type', async () => {
    const { outcome } = await runPrompt({
      model: play([{ name: 's__a' }, { name: 's__forbidden' }], ['I could not.']),
      tools,
      approve: unattended,
    });
    expect(outcome).toMatchObject({
      response: 'I could not.',
      error: {
        code: 'denied',
        message: 'The model wanted s/a, and nobody could be asked.',
        hint: 'Allow it with --allow "s/a", or everything with --yolo.',
      },
    });
  });

  it('a tool’s name cannot put a command into that line', async () => {
    const evil = 's/$(reboot) "x';
    const { outcome } = await runPrompt({
      model: play([{ name: 's/$(reboot) "x' }], ['.']),
      tools,
      approve: unattended,
    });
    expect(outcome.error?.hint).toBe(
      'Allow it with --allow "s/??reboot???x", or everything with --yolo.',
    );
    expect(matchesTool('s/??reboot???x', tool('s', evil.slice(2)))).toBe(true);
  });
});
