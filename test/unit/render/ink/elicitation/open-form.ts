import type { FormField, FormRequest } from '../../../../../src/core/asks.js';
import { formDialog } from '../../../../../src/render/ink/elicitation/form-dialog.js';
import { openDialog, type Screen } from '../asks/open.js';

export const FIELDS: readonly FormField[] = [
  { name: 'name', title: 'Name', kind: 'text', required: true, description: 'Who you are' },
  { name: 'mail', title: 'E-mail', kind: 'text', format: 'email', required: false },
  { name: 'age', kind: 'number', integer: true, minimum: 18, maximum: 99, required: false },
  { name: 'ok', title: 'Agreed', kind: 'boolean', required: true, default: false },
  {
    name: 'pet',
    kind: 'choice',
    required: false,
    default: 'cat',
    options: [
      { value: 'cat', title: 'A cat' },
      { value: 'dog', title: 'A dog' },
      { value: 'eel', title: 'An eel' },
    ],
  },
  {
    name: 'days',
    kind: 'choices',
    required: false,
    maxItems: 2,
    options: ['mon', 'tue', 'wed'].map((value) => ({ value, title: value })),
  },
];

export const field = (more: Partial<FormField> & Pick<FormField, 'kind'>): FormField =>
  ({ name: 'it', required: false, ...more }) as FormField;

export function openForm(
  request: Partial<FormRequest> = {},
  screen: Screen & { waiting?: number } = {},
) {
  let now = 0;
  const whole: FormRequest = {
    id: 'e1',
    server: 'shop',
    mode: 'form',
    message: 'Please tell us.',
    fields: FIELDS,
    ...request,
  };
  // Every look at the clock is a second later than the last.
  const options = { now: () => (now += 1000), waiting: () => screen.waiting ?? 0 };
  return openDialog(formDialog(whole, options), screen);
}
