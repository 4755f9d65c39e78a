import type { ApprovalAnswer, ApprovalRequest } from '../../../core/chat.js';
import { safeLine } from '../safe.js';
import { textMode, type TextMode } from '../text-mode.js';
import { fromEditText, toEditText } from './edit-arguments.js';

const MAX_REASON = 2000;

/** Why not: one line, which the model reads. */
export function reasonMode(): TextMode<ApprovalAnswer> {
  return textMode<ApprovalAnswer>({
    text: '',
    title: 'No, because … (the model reads it)',
    keys: 'Enter sends · Esc back',
    rows: 3,
    oneLine: true,
    accept(text) {
      const reason = text.trim().replaceAll(/\s+/g, ' ').slice(0, MAX_REASON).toWellFormed();
      return { answer: reason === '' ? { kind: 'deny' } : { kind: 'deny', reason } };
    },
  });
}

/** The arguments as JSON. */
export function editMode({ server, tool, args }: ApprovalRequest): TextMode<ApprovalAnswer> {
  const text = toEditText(args);
  return textMode<ApprovalAnswer>({
    text,
    title: `Arguments of ${safeLine(server, 64)} › ${safeLine(tool, 128)} as JSON`,
    keys: 'Enter runs it once · Alt+Enter new line · Esc back',
    rows: Infinity,
    oneLine: false,
    accept(edited) {
      if (edited === text) return { answer: { kind: 'once' } };
      const result = fromEditText(edited, args);
      return 'problem' in result ? result : { answer: { kind: 'once', args: result.args } };
    },
  });
}
