import { describe, expect, it } from 'vitest';
import type { AgentEventBody } from '../../../../../src/core/events.js';
import { result } from '../../fixtures.js';
import { allowed, gives, openTranscript, says, thinks, uses, type Where } from './fixtures.js';

const ISSUES = JSON.stringify({
  items: [{ id: 1, title: 'Flicker on resize' }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }],
});

const SERVERS: AgentEventBody[] = [
  { type: 'server', server: { name: 'math', status: 'connecting', tools: 0 } },
  {
    type: 'server',
    server: {
      name: 'math',
      status: 'connected',
      tools: 3,
      transport: 'sse',
      connect_ms: 41,
      credentials: 'headers',
    },
  },
  {
    type: 'server',
    server: {
      name: 'docs',
      status: 'failed',
      tools: 0,
      error: {
        code: 'auth_rejected',
        message: 'token rejected by docs (HTTP 401).',
        hint: 'Check the header Authorization.',
      },
    },
  },
  { type: 'tools_changed', server: 'math', added: ['mean'], removed: ['sum'], changed: ['add'] },
];

/** A conversation with everything in it, finished rows and live ones, as one text. */
function conversation(where: Where): string {
  const screen = openTranscript(where);
  const pictures: string[] = [];
  const picture = () => {
    const live = screen.live(8);
    if (live.length > 0) pictures.push('┌ live', ...live, '└');
  };
  screen.push(...SERVERS);
  screen.transcript.user('What is open in ink, and what is 2 and 3?\nBe short.');
  screen.push(thinks('There is a tool for that. '.repeat(12)));
  screen.pass(4000);
  picture();
  screen.push(says('I will look it up'), thinks('', false), says(' now.'));
  picture();
  screen.push(says('', false), uses('a', { number1: 2, number2: 3 }));
  screen.push(uses('b', { query: 'ink', limit: 5 }, 'search_issues', 'github'));
  picture();
  screen.push(allowed('a'), allowed('b', 'user'));
  screen.pass(1250);
  screen.push({ type: 'tool_progress', tool_id: 'b', progress: 3, total: 10, message: 'fetching' });
  picture();
  screen.push(gives('a', '5', { structured: { result: 5 } }));
  const images = [{ mime_type: 'image/png', size: 34_816, path: '/tmp/ostler/1.png' }];
  screen.push(gives('b', ISSUES, { images, duration_ms: 90_000 }));
  screen.push(uses('c', { name: 'foo/bar' }, 'get_repo', 'github'));
  screen.push(gives('c', 'Error: no such repository\nIt may have moved.', { status: 'error' }));
  screen.push(uses('d', {}, 'drop', 'github'));
  const reason = 'not that one';
  screen.push({ type: 'approval', tool_id: 'd', decision: 'deny', source: 'user', reason });
  screen.push(gives('d', 'The call was not allowed.', { status: 'denied' }));
  screen.push(uses('e', {}, 'slow', 'github'), gives('e', '', { status: 'cancelled' }));
  screen.push(uses('f', {}, 'log', 'github'), gives('f', 'one\ntwo\nthree\nfour\n✓ not ours'));
  screen.push(says('Two and three make five.', true, 'msg_2'), says('', false, 'msg_2'));
  const error = { code: 'turn_limit' as const, message: 'Too many turns.', hint: 'Use fewer.' };
  screen.push({ type: 'error', severity: 'error', ...error }, result('', { error }));
  screen.transcript.note('success', 'Saved.');
  screen.transcript.expand();
  return [...pictures, '', ...screen.printed(), ''].join('\n').replaceAll('\u001b', '␛');
}

describe('a conversation', () => {
  it.each([
    ['24-columns', { columns: 23 }],
    ['80-columns', { columns: 79 }],
    ['120-columns', { columns: 119 }],
    ['colors', { columns: 79, colors: true }],
    ['screen-reader', { columns: 79, screenReader: true }],
  ] as const)('looks as agreed: %s', async (name, where) => {
    await expect(conversation(where)).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});
