import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { toMessages } from '../../../../src/app/chat/attachment.js';
import { promptOf } from '../../../../src/app/chat/prompt-text.js';
import { forgetSecrets, registerSecret } from '../../../../src/core/redact.js';

afterEach(forgetSecrets);

const attach = (name: string, text: string) => ({ kind: 'text', name, text }) as const;

describe('attachments', () => {
  it('cannot end their own fence', () => {
    const ticks = fc.string({ unit: fc.constantFrom('`', '\n', 'a', ']', '[') });
    fc.assert(
      fc.property(ticks, ticks, (text, name) => {
        const [message] = toMessages({ text: 'Look', attachments: [attach(name, text)] });
        const lines = (message?.content ?? '').split('\n');
        const fence = lines[3] ?? '';
        expect(fence).toMatch(/^`{3,}$/);
        expect(lines.slice(4).filter((line) => line.startsWith(fence))).toEqual([fence]);
        expect(lines.at(-1)).toBe(fence);
      }),
    );
  });

  it('are told apart from what the person wrote', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, text) => {
        const attachments = [attach(name, text), attach('b', text)];
        const [message] = toMessages({ text: 'Look at\n\nthis', attachments });
        expect(promptOf(message?.content ?? '')).toBe('Look at\n\nthis');
      }),
    );
    expect(promptOf('no attachment')).toBe('no attachment');
  });

  it('and words of servers carry no secret to the model', () => {
    registerSecret('hunter2-hunter2');
    const messages = toMessages({
      text: '/a:b',
      attachments: [attach('hunter2-hunter2.txt', 'is hunter2-hunter2')],
      messages: [{ role: 'user', text: 'echo hunter2-hunter2\u{e0061}' }],
    });
    expect(messages.map(({ content }) => content)).toEqual([
      'echo [REDACTED]',
      '[Attached: [REDACTED].txt]\n```\nis [REDACTED]\n```',
    ]);
  });
});
