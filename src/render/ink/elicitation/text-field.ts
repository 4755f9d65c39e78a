import type { FormField } from '../../../core/asks.js';
import { parseField, showValue } from '../../../core/form.js';
import type { JsonValue } from '../../../core/json.js';
import { redact } from '../../../core/redact.js';
import { editKey, emptyEditor, expandedText, setText } from '../input/editor.js';
import { editorRows } from '../input/editor-view.js';
import type { FieldEditor, FieldResult } from './field-editor.js';

const MAX_ROWS = 8;

/** A text or a number, written in an editor. */
export function textField(field: FormField, value: JsonValue | undefined): FieldEditor {
  const text = value === undefined ? '' : showValue(field, value);
  const shown = redact(text);
  let state = setText(emptyEditor(), shown);
  let problem: string | undefined;
  let columns = 80;
  const finish = (): FieldResult => {
    const written = expandedText(state);
    // A default with a secret of ours in it is what it was where nobody changed it.
    if (written === shown) return value === undefined ? { value } : judged(text);
    return judged(written.toWellFormed());
  };
  const judged = (written: string): FieldResult => {
    const parsed = parseField(field, written);
    if ('value' in parsed) return parsed;
    if ('empty' in parsed) return { value: undefined };
    ({ problem } = parsed);
    return undefined;
  };
  return {
    problem: () => problem,
    finish,
    key(key) {
      if (key.name === 'escape') return 'back';
      const newLine = key.shift || key.alt || key.ctrl;
      if (key.name === 'enter' && !(newLine && isLong(field))) return finish();
      if (!isLong(field) && key.ctrl && key.name === 'j') return undefined;
      state = editKey(state, key, columns) ?? state;
      problem = undefined;
      return undefined;
    },
    view(maxRows, frame) {
      ({ columns } = frame);
      const { theme, screenReader } = frame;
      const rows = Math.max(1, Math.min(MAX_ROWS, maxRows));
      return editorRows(state, { columns, maxRows: rows, theme, screenReader });
    },
    keys: isLong(field) ? 'Enter done · Alt+Enter new line · Esc back' : 'Enter done · Esc back',
  };
}

/** Text may have lines. */
function isLong(field: FormField): boolean {
  return field.kind === 'text' && field.format === undefined;
}
