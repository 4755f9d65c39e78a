import type { WrittenAnswer } from '../../config/types.js';
import type { ElicitationAnswer, ElicitationRequest, FormField } from '../../core/asks.js';
import { checkContent, parseField } from '../../core/form.js';
import type { JsonObject, JsonValue } from '../../core/json.js';

/** The first answer that was written for such a question. */
export function findWritten(
  answers: readonly WrittenAnswer[],
  request: ElicitationRequest,
): WrittenAnswer | undefined {
  const message = request.message.toLowerCase();
  const names = new Set(request.mode === 'form' ? request.fields.map(({ name }) => name) : []);
  return answers.find(
    ({ server, match, fields = [] }) =>
      (server === undefined || server === request.server) &&
      (match === undefined || message.includes(match.toLowerCase())) &&
      fields.every((name) => names.has(name)),
  );
}

/** The answer as it is sent, or why it cannot be. */
export function toElicitationAnswer(
  { action, content }: WrittenAnswer,
  request: ElicitationRequest,
): ElicitationAnswer | { problem: string } {
  if (action !== 'accept') return { action };
  if (request.mode === 'url') return { problem: 'a page can only be accepted by a person' };
  const fitted = fit(request.fields, content);
  const problems = checkContent(request.fields, fitted);
  if (problems.length === 0) return { action, content: fitted };
  return { problem: problems.map(({ name, problem }) => `${name} ${problem}`).join(', ') };
}

/** Values as their fields want them: YAML reads a post code as a number, and titles stand for choices. */
function fit(fields: readonly FormField[], content: JsonObject): JsonObject {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, fitOne(byName.get(name), value)]),
  );
}

function fitOne(field: FormField | undefined, value: JsonValue): JsonValue {
  if (field === undefined) return value;
  if (field.kind === 'text') return typeof value === 'number' ? String(value) : value;
  if (typeof value !== 'string') return value;
  const parsed = parseField(field, value);
  return 'value' in parsed ? parsed.value : value;
}
