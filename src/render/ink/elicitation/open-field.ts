import type { FormField } from '../../../core/asks.js';
import type { JsonValue } from '../../../core/json.js';
import type { FieldEditor } from './field-editor.js';
import { optionList } from './option-list.js';
import { textField } from './text-field.js';

/** Undefined for a field that is changed in the list itself: yes or no. */
export function openField(field: FormField, value: JsonValue | undefined): FieldEditor | undefined {
  switch (field.kind) {
    case 'boolean':
      return undefined;
    case 'choice':
      return optionList(field, typeof value === 'string' ? [value] : []);
    case 'choices':
      return optionList(field, Array.isArray(value) ? value.filter(isText) : []);
    case 'text':
    case 'number':
      return textField(field, value);
  }
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string';
}
