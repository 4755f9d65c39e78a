import type { FormField } from '../../../core/asks.js';
import { showValue } from '../../../core/form.js';
import type { JsonValue } from '../../../core/json.js';
import { redactValue } from '../../../core/redact.js';
import { toTerminalLine } from '../../../core/terminal-text.js';
import { guttered, gutteredText } from '../gutter.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { titleOf } from './field-words.js';
import type { FormState } from './form-state.js';

/** Everything that would be sent, in full, and what would be left out. */
export function reviewRows({ fields, values }: FormState, frame: Frame): Rows {
  return fields.flatMap((field) => valueRows(field, values.get(field.name), frame));
}

function valueRows(field: FormField, given: JsonValue | undefined, frame: Frame): Rows {
  const word = 'value';
  const title = titleOf(field);
  if (given === undefined) return guttered(`${title}: (left out)`, frame, { word });
  const value = redactValue(given);
  const shown = showValue(field, value);
  const rows = gutteredText(`${title}: ${shown}`, frame, { word });
  const sent = JSON.stringify(value);
  const isPlain = title === field.name && (sent === shown || sent === JSON.stringify(shown));
  if (isPlain) return rows;
  const line = `sent as ${safeLine(field.name, 200)}: ${toTerminalLine(sent)}`;
  return [...rows, ...guttered(line, frame, { word, indent: 2 })];
}
