import type { FormField } from '../../core/asks.js';
import { checkContent, parseField } from '../../core/form.js';
import type { JsonValue } from '../../core/json.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { truncateRow } from '../../render/columns.js';
import { isShowable, type Choice, type Prompter } from './prompter.js';

/** A value, or nothing for a field that may be left out. */
export type FieldAnswer = { value: JsonValue } | { empty: true };

type Field<K extends FormField['kind']> = Extract<FormField, { kind: K }>;

const MAX_NAME = 40;

/** What the field is called on the screen. */
export function nameOf({ name, title }: FormField): string {
  return title === undefined || title.trim() === '' || title === name ? name : `${title} (${name})`;
}

/** Asks for one field, with `current` filled in. Undefined when the person gives up. */
export function askField(
  prompter: Prompter,
  field: FormField,
  current: JsonValue | undefined,
): Promise<FieldAnswer | undefined> {
  switch (field.kind) {
    case 'text':
    case 'number':
      return askText(prompter, field, current);
    case 'boolean':
      return askOne(prompter, field, BOOLEAN, current);
    case 'choice':
      return askOne(prompter, field, toChoices(field.options), current);
    case 'choices':
      return askSeveral(prompter, field, current);
  }
}

async function askText(
  prompter: Prompter,
  field: Field<'text' | 'number'>,
  current: JsonValue | undefined,
): Promise<FieldAnswer | undefined> {
  const initial = toText(current);
  if (initial !== undefined && !isShowable(initial)) {
    prompter.warn('Its value cannot be shown in a line; it is left out here.');
  }
  const typed = await prompter.text({
    message: questionOf(field),
    initial,
    validate: (text) => {
      const parsed = parseField(field, text);
      if ('problem' in parsed) return `It ${parsed.problem}.`;
      return 'empty' in parsed && field.required ? 'It is required.' : undefined;
    },
  });
  if (typed === undefined) return undefined;
  const parsed = parseField(field, typed);
  return 'value' in parsed ? parsed : { empty: true };
}

function toText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return `${value}`;
  return typeof value === 'string' ? value : undefined;
}

/** Chosen in the place of a value. */
const NOTHING = Symbol('nothing');
type ValueOrNothing = JsonValue | typeof NOTHING;

const BOOLEAN: readonly Choice<JsonValue>[] = [
  { value: true, label: 'Yes' },
  { value: false, label: 'No' },
];

async function askOne(
  prompter: Prompter,
  field: Field<'boolean' | 'choice'>,
  choices: readonly Choice<JsonValue>[],
  current: JsonValue | undefined,
): Promise<FieldAnswer | undefined> {
  const leaveOut: Choice<ValueOrNothing> = { value: NOTHING, label: '(leave it out)' };
  const answer = await prompter.choose<ValueOrNothing>(
    questionOf(field),
    field.required ? choices : [...choices, leaveOut],
    current ?? (field.required ? undefined : NOTHING),
  );
  if (answer === undefined) return undefined;
  return typeof answer === 'symbol' ? { empty: true } : { value: answer };
}

async function askSeveral(
  prompter: Prompter,
  field: Field<'choices'>,
  current: JsonValue | undefined,
): Promise<FieldAnswer | undefined> {
  let initial = Array.isArray(current) ? current : [];
  for (;;) {
    const answer = await prompter.chooseSeveral(questionOf(field), toChoices(field.options), {
      initial,
      required: false,
    });
    if (answer === undefined) return undefined;
    const value = [...answer];
    if (value.length === 0 && !field.required) return { empty: true };
    const [found] = checkContent([field], { [field.name]: value });
    if (found === undefined) return { value };
    prompter.warn(`${found.name} ${found.problem}.`);
    initial = value;
  }
}

function toChoices(options: Field<'choice' | 'choices'>['options']): readonly Choice<JsonValue>[] {
  return options.map(({ value, title }) => ({
    value,
    label: title === value ? value : `${title} (${value})`,
  }));
}

/** A long name must not push away what will do. */
function questionOf(field: FormField): string {
  return `${truncateRow(toTerminalLine(nameOf(field)), MAX_NAME)}${remark(field)}`;
}

/** What will do, in a few words. */
function remark(field: FormField): string {
  const parts = [...(field.required ? [] : ['optional']), ...limits(field)];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function limits(field: FormField): readonly string[] {
  switch (field.kind) {
    case 'text':
      return [
        ...(field.format === undefined ? [] : [field.format]),
        ...range(field.minLength, field.maxLength, 'characters'),
      ];
    case 'number':
      return [field.integer ? 'whole number' : 'number', ...range(field.minimum, field.maximum)];
    case 'choices':
      return range(field.minItems, field.maxItems, 'choices');
    case 'boolean':
    case 'choice':
      return [];
  }
}

function range(least: number | undefined, most: number | undefined, what = ''): readonly string[] {
  if (least === undefined && most === undefined) return [];
  const text =
    most === undefined
      ? `at least ${least}`
      : least === undefined
        ? `at most ${most}`
        : `${least} to ${most}`;
  return [
    `${text} ${most === 1 || (most === undefined && least === 1) ? what.replace(/s$/, '') : what}`.trim(),
  ];
}
