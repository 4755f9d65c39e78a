import { createHash } from 'node:crypto';
import { marked } from 'marked';
import { afterEach, describe, expect, it } from 'vitest';
import { exportConversation } from '../../../src/app/sessions/export.js';
import type { ExportFormat } from '../../../src/core/chat.js';
import type { ChatMessage } from '../../../src/core/messages.js';
import { forgetSecrets, registerSecret } from '../../../src/core/redact.js';

afterEach(forgetSecrets);

const HEAD = {
  id: 'abc-1',
  title: 'Add 2 and 3',
  model: 'llama3.1',
  created: '2026-01-02T03:04:05.000Z',
};
const PNG = { mimeType: 'image/png', data: new Uint8Array([137, 80, 78, 71]) };
const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Add 2 and 3', images: [PNG] },
  {
    role: 'assistant',
    content: '',
    thinking: 'I need a tool.',
    toolCalls: [
      { id: 'c1', name: 'math__add', arguments: { a: 2, b: 3 } },
      { id: 'c2', name: 'math__hello', arguments: {} },
    ],
  },
  { role: 'tool', content: 'Hello ```` Bob', toolCallId: 'c2', toolName: 'math__hello' },
  { role: 'tool', content: '5', toolCallId: 'c1', toolName: 'math__add' },
  { role: 'assistant', content: 'It is **5**.' },
];
const FORMATS: readonly ExportFormat[] = ['md', 'json', 'html'];

describe('Markdown', () => {
  it('is a transcript with every result behind its call', () => {
    expect(exportConversation(MESSAGES, 'md', HEAD)).toBe(
      [
        '# Add 2 and 3',
        '*llama3.1 · 2026-01-02T03:04:05.000Z · session abc-1*',
        '<details>\n<summary>System prompt</summary>',
        '```\nBe brief.\n```',
        '</details>',
        '## You',
        'Add 2 and 3',
        '*image (image/png, 1 KB)*',
        '## llama3.1',
        '<details>\n<summary>Thinking</summary>',
        '```\nI need a tool.\n```',
        '</details>',
        '<details>\n<summary>Tool: <code>math__add</code></summary>',
        '```json\n{\n  "a": 2,\n  "b": 3\n}\n```',
        '```\n5\n```',
        '</details>',
        '<details>\n<summary>Tool: <code>math__hello</code></summary>',
        '`````\nHello ```` Bob\n`````',
        '</details>',
        'It is **5**.\n',
      ].join('\n\n'),
    );
  });

  it.each([
    '<!-- the rest is a comment',
    '</details><details>',
    '<script>alert(1)</script>',
    'broken off:\n```ts\nconst a = "<b>";',
    '~~~\nno end <!--',
    'code `<b>` and <i>text',
  ])('lets no answer swallow what follows: %j', (content) => {
    const messages: ChatMessage[] = [
      { role: 'assistant', content },
      { role: 'user', content: 'THE END' },
    ];
    const html = marked.parse(exportConversation(messages, 'md', HEAD), { async: false });
    expect(html).toContain('<h2>You</h2>\n<p>THE END</p>');
    expect(html).not.toMatch(/<script|<!--|<\/?details|<i>/);
  });
});

describe('JSON', () => {
  it('has one shape', () => {
    expect(JSON.parse(exportConversation(MESSAGES, 'json', HEAD))).toEqual({
      version: 1,
      ...HEAD,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: 'Add 2 and 3',
          images: [{ mime_type: 'image/png', data: 'iVBORw==' }],
        },
        {
          role: 'assistant',
          content: '',
          thinking: 'I need a tool.',
          tool_calls: [
            { id: 'c1', name: 'math__add', arguments: { a: 2, b: 3 } },
            { id: 'c2', name: 'math__hello', arguments: {} },
          ],
        },
        { role: 'tool', content: 'Hello ```` Bob', tool_call_id: 'c2', tool_name: 'math__hello' },
        { role: 'tool', content: '5', tool_call_id: 'c1', tool_name: 'math__add' },
        { role: 'assistant', content: 'It is **5**.' },
      ],
    });
  });
});

describe('HTML', () => {
  const html = exportConversation(MESSAGES, 'html', HEAD);

  it('is one page that allows its own style and nothing else', () => {
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'"`,
    );
    expect(style).toContain('prefers-color-scheme: dark');
    expect(html).not.toMatch(/<script|<link|<iframe|\son\w+=|\bstyle=|https?:/);
    expect(html.match(/<details>/g)).toHaveLength(4);
    expect(html.match(/<\/details>/g)).toHaveLength(4);
    expect(html).toContain(
      '<img alt="image (image/png, 1 KB)" src="data:image/png;base64,iVBORw==">',
    );
  });

  it('shows images of other types by name', () => {
    for (const mimeType of ['image/svg+xml', 'text/html', 'image/png" onload="x']) {
      const page = exportConversation(
        [{ role: 'user', content: '', images: [{ ...PNG, mimeType }] }],
        'html',
        HEAD,
      );
      expect(page).not.toContain('<img');
      expect(page).not.toContain('" onload="');
    }
  });
});

const HOSTILE =
  '<img src=x onerror=alert(1)> " \' & \u001b]0;title\u0007 \u202e \u009b31m </title></style>';

describe.each(FORMATS)('hostile text in %s', (format) => {
  const messages: ChatMessage[] = [
    { role: 'system', content: HOSTILE },
    { role: 'user', content: HOSTILE, images: [{ ...PNG, mimeType: HOSTILE }] },
    {
      role: 'assistant',
      content: HOSTILE,
      thinking: HOSTILE,
      toolCalls: [{ id: HOSTILE, name: HOSTILE, arguments: { [HOSTILE]: HOSTILE } }],
    },
    { role: 'tool', content: HOSTILE, toolCallId: HOSTILE, toolName: HOSTILE },
  ];
  const head = { id: HOSTILE, title: HOSTILE, model: HOSTILE, created: HOSTILE };

  it('acts on nothing', () => {
    const text = exportConversation(messages, format, head);
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    if (format === 'html')
      expect(text).not.toMatch(/<img src=x|<\/title><|&(?!amp;|lt;|gt;|quot;|#39;)/);
    if (format === 'md') {
      expect(marked.parse(text, { async: false })).not.toMatch(/<img|<\/style/);
    }
  });

  it('holds no secret', () => {
    registerSecret('canary-7f3a91c2');
    const fill = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(HOSTILE), '"canary-7f3a91c2"'));
    const said = (fill(messages) as ChatMessage[]).map((message) =>
      message.role === 'user'
        ? { ...message, images: [{ ...PNG, mimeType: 'canary-7f3a91c2' }] }
        : message,
    );
    const text = exportConversation(said, format, fill(head) as typeof HEAD);
    expect(text).toContain('REDACTED');
    expect(text).not.toContain('canary-7f3a91c2');
  });
});

it('shows a call without a result, and a result without a call', () => {
  const messages: ChatMessage[] = [
    { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'x', arguments: {} }] },
    { role: 'tool', content: 'lost', toolCallId: 'b', toolName: 'y' },
  ];
  const text = exportConversation(messages, 'md', { ...HEAD, title: '' });
  expect(text).toContain('# Conversation');
  expect(text).toContain('*No result.*');
  expect(text).toContain('<code>y</code>');
});
