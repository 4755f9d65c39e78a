import type { ElicitationAnswer, ElicitationRequest, FormRequest } from '../../core/asks.js';
import { checkContent, defaultsOf } from '../../core/form.js';
import type { JsonObject, JsonValue } from '../../core/json.js';
import { parseForm } from './form-schema.js';
import { toPageUrl } from './page-url.js';
import { INTERNAL, INVALID_PARAMS, Refusal } from './refusal.js';

/** Bytes of a message that a person is shown. */
const MAX_MESSAGE_BYTES = 8192;

/** `elicitation/create` as a question; without a mode it is a form. Throws `Refusal`. */
export function parseElicitation(
  params: Record<string, unknown>,
  asked: { id: string; server: string },
): ElicitationRequest {
  const { mode = 'form', message } = params;
  if (typeof message !== 'string') throw invalid('message is missing');
  const base = { ...asked, message: cut(message) };
  switch (mode) {
    case 'form': {
      const fields = parseForm(params['requestedSchema']);
      if (fields === undefined) {
        throw invalid('requestedSchema must be a flat object of strings, numbers, booleans, enums');
      }
      return { ...base, mode, fields };
    }
    case 'url': {
      const page = toPageUrl(params['url']);
      if (page === undefined) throw invalid('url must be https, or http on a loopback host');
      return { ...base, mode, ...page };
    }
    default:
      throw invalid('mode must be form or url');
  }
}

/** An answer as the server gets it. Content that does not fit the form never leaves: `Refusal`. */
export function toElicitResult(request: ElicitationRequest, answer: ElicitationAnswer): JsonObject {
  if (answer.action !== 'accept' || request.mode === 'url') return { action: answer.action };
  return { action: 'accept', content: contentOf(request, answer.content) };
}

/** Content that was left out altogether is the form as the server filled it in (`applyDefaults`). */
function contentOf({ fields }: FormRequest, given: JsonObject | undefined): JsonObject {
  const content = given ?? defaultsOf(fields);
  const [problem] = checkContent(fields, content);
  if (problem !== undefined) {
    throw new Refusal(INTERNAL, `The answer does not fit: ${problem.name} ${problem.problem}`);
  }
  const known = fields.flatMap(({ name }): [string, JsonValue][] => {
    const value = content[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(known);
}

function cut(message: string): string {
  const bytes = Buffer.from(message.slice(0, MAX_MESSAGE_BYTES), 'utf8');
  if (bytes.length <= MAX_MESSAGE_BYTES && message.length <= MAX_MESSAGE_BYTES) return message;
  return `${bytes.subarray(0, MAX_MESSAGE_BYTES).toString('utf8').replace(/�$/, '')}…`;
}

function invalid(why: string): Refusal {
  return new Refusal(INVALID_PARAMS, `Invalid elicitation request: ${why}`);
}
