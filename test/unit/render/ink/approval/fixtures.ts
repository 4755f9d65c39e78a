import type { ApprovalAnswer, ApprovalRequest } from '../../../../../src/core/chat.js';
import { createApprovalDialog } from '../../../../../src/render/ink/approval/dialog.js';
import type { Key } from '../../../../../src/render/ink/types.js';
import { frameOf, type Where } from '../transcript/fixtures.js';

export const REQUEST: ApprovalRequest = {
  toolId: 'call_1',
  server: 'github',
  tool: 'create_issue',
  title: 'Create an issue',
  description: 'Creates an issue.\nIn a repository.',
  args: { title: 'Flicker', labels: ['bug', 'ui'], body: 'It flickers.\nAlways.' },
  inputSchema: { type: 'object', properties: { title: { type: 'string' } } },
  annotations: { readOnlyHint: false, openWorldHint: true },
  changed: false,
  mayAlways: true,
};

export function key(name: string, more: Partial<Key> = {}): Key {
  return { name, text: '', ctrl: false, alt: false, shift: false, ...more };
}

export const typed = (text: string): Key => key('text', { text });

/** A dialog with a clock of its own, drawn and past its guard. */
export function openDialog(
  request: Partial<ApprovalRequest> = {},
  { maxRows = 24, waiting = 1, ...where }: Where & { maxRows?: number; waiting?: number } = {},
) {
  let now = 1000;
  const dialog = createApprovalDialog(
    { ...REQUEST, ...request },
    { now: () => now, queueLength: () => waiting },
  );
  const view = () => dialog.rows(maxRows, frameOf(where));
  view();
  now += 300;
  return {
    dialog,
    view,
    rows: () => view().rows,
    text: () => view().rows.join('\n'),
    pass: (ms: number) => {
      now += ms;
    },
    press: (...keys: readonly Key[]): ApprovalAnswer | undefined => {
      let answer: ApprovalAnswer | undefined;
      for (const each of keys) answer = dialog.key(each);
      return answer;
    },
  };
}
