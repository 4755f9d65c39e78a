import type { ElicitationAnswer, FormField, FormRequest } from '../../core/asks.js';
import { looksSecret } from '../../core/ask-warnings.js';
import { checkContent, defaultsOf, showValue } from '../../core/form.js';
import type { JsonObject } from '../../core/json.js';
import { askField, nameOf } from './field.js';
import type { Prompter } from './prompter.js';

const CANCELLED: ElicitationAnswer = { action: 'cancel' };

/** A form, field by field, with a look at all of it before it is sent. */
export async function askForm(
  prompter: Prompter,
  { server, message, fields }: FormRequest,
): Promise<ElicitationAnswer> {
  prompter.head(`${server} asks:`);
  prompter.tell(message);
  const amount = fields.length === 1 ? '1 field' : `${fields.length} fields`;
  const first = await prompter.choose(`Answer ${server}?`, [
    { value: 'accept' as const, label: fields.length === 0 ? 'Yes' : 'Answer', hint: amount },
    ...NO,
  ]);
  if (first !== 'accept') return first === 'decline' ? { action: 'decline' } : CANCELLED;
  const content: JsonObject = defaultsOf(fields);
  for (const field of fields) {
    if (!(await fill(prompter, field, content))) return CANCELLED;
  }
  return fields.length === 0
    ? { action: 'accept', content }
    : review(prompter, server, { fields, content });
}

const NO = [
  { value: 'decline' as const, label: 'Decline', hint: 'the server is told no' },
  {
    value: 'cancel' as const,
    label: 'Cancel',
    hint: 'the server is told that nothing was decided',
  },
];

/** False when the person gives up. */
async function fill(prompter: Prompter, field: FormField, content: JsonObject): Promise<boolean> {
  if (looksSecret(field)) {
    prompter.warn('This looks like a secret, which a server must not ask for in a form.');
  }
  if (field.description !== undefined) prompter.tell(`\n${field.description}`);
  const answer = await askField(prompter, field, content[field.name]);
  if (answer === undefined) return false;
  if ('value' in answer) content[field.name] = answer.value;
  else delete content[field.name];
  return true;
}

async function review(
  prompter: Prompter,
  server: string,
  { fields, content }: { fields: readonly FormField[]; content: JsonObject },
): Promise<ElicitationAnswer> {
  for (;;) {
    prompter.head(`To ${server}:`);
    for (const field of fields) {
      const value = content[field.name];
      const shown = value === undefined ? '(nothing)' : showValue(field, value);
      prompter.tell(`${nameOf(field)}: ${shown}`);
    }
    const problems = checkContent(fields, content);
    for (const { name, problem } of problems) prompter.warn(`${name} ${problem}.`);
    const next = await prompter.choose(`Send this to ${server}?`, [
      ...(problems.length === 0 ? [{ value: 'accept' as const, label: 'Send' }] : []),
      { value: 'change' as const, label: 'Change something' },
      ...NO,
    ]);
    if (next === 'accept') return { action: 'accept', content };
    if (next === 'decline') return { action: 'decline' };
    if (next !== 'change') return CANCELLED;
    const choices = fields.map((field) => ({ value: field, label: nameOf(field) }));
    const field = await prompter.choose('Change what?', choices);
    if (field === undefined || !(await fill(prompter, field, content))) return CANCELLED;
  }
}
