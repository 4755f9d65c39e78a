import type { FormField } from '../../../core/asks.js';
import { safeLine } from '../safe.js';
import { plural } from '../transcript/amounts.js';

const MAX_TITLE = 200;

/** What the person knows the field by; safe. */
export function titleOf({ title, name }: FormField): string {
  return safeLine(title === undefined || title.trim() === '' ? name : title, MAX_TITLE);
}

const FORMATS = {
  email: 'an email address',
  uri: 'a URI',
  date: 'a date, YYYY-MM-DD',
  'date-time': 'a date and time, YYYY-MM-DDThh:mm:ssZ',
} as const;

/** What may stand in the field, in our words: `a whole number, 0 to 100`. */
export function limitWords(field: FormField): string {
  const words = wordsOf(field).filter((part) => part !== '');
  return [...words, field.required ? 'required' : 'may stay empty'].join(', ');
}

function wordsOf(field: FormField): readonly string[] {
  switch (field.kind) {
    case 'text': {
      const { format, minLength, maxLength } = field;
      const length = rangeWords(minLength, maxLength);
      const kind = format === undefined ? 'text' : FORMATS[format];
      return [kind, length === '' ? '' : `${length} characters`];
    }
    case 'number': {
      const kind = field.integer ? 'a whole number' : 'a number';
      return [kind, rangeWords(field.minimum, field.maximum)];
    }
    case 'boolean':
      return ['yes or no'];
    case 'choice':
      return [`one of ${plural(field.options.length, 'choice')}`];
    case 'choices':
      return [
        `any of ${plural(field.options.length, 'choice')}`,
        rangeWords(field.minItems, field.maxItems),
      ];
  }
}

function rangeWords(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? '' : `at most ${most}`;
}
