import { isRecord, type JsonObject } from '../../../core/json.js';
import type { Answer, Audit } from '../../audit/types.js';

export interface Called {
  answer: Answer;
  response: JsonObject | undefined;
  /** All that the tool said, in one text; empty when it said nothing. */
  text: string;
}

/** Calls the tool the person named, with other arguments where some are given. */
export async function callNamed(
  audit: Audit,
  tool: NonNullable<Audit['tool']>,
  options: { what?: string; arguments?: JsonObject; timeoutMs?: number } = {},
): Promise<Called> {
  const asked = await audit.ask(audit.control.victim, 'tools/call', {
    what: options.what ?? `a call of ${tool.name}`,
    params: { name: tool.name, arguments: options.arguments ?? tool.arguments },
    timeoutMs: options.timeoutMs ?? 15_000,
  });
  const response = await asked.response();
  return { answer: asked.answer, response, text: textsOf(response).join('\n') };
}

/** Every string of the response, an error's too. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isRecord(value) ? Object.values(value).flatMap(textsOf) : [];
}

/** What the text gives away of the server: the credential it was sent, or its environment. */
export function leaksIn(text: string, { form }: Pick<Audit, 'form'>): readonly string[] {
  const leaks: string[] = [];
  if (form !== undefined && holdsToken(text, form.token)) leaks.push('the token of the request');
  const secrets = new Set([...text.matchAll(SECRET_VARIABLE)].map(([, name]) => name));
  if (secrets.size > 0) leaks.push(`the secret variables ${[...secrets].join(', ')}`);
  else if (VARIABLES.every((variable) => variable.test(text))) leaks.push('the environment');
  return leaks;
}

function holdsToken(text: string, token: string): boolean {
  if (token.length < 6) return false;
  return text.includes(token) || text.includes(Buffer.from(token).toString('base64'));
}

/** `NAME=value` or `"NAME": "value"`, where the name speaks of a secret and the value is no mask. */
const SECRET_VARIABLE =
  /\b([A-Z][A-Z0-9_]{0,60}(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z0-9_]*)"?\s*[=:]\s*"?(?![*x•.<[{$]|\s|$)[^\s"]{4,}/gm;

/** Two that every environment has. */
const VARIABLES = [
  /\bPATH"?\s*[=:]\s*"?[^\s"]*(?:\/bin|\\Windows)/i,
  /\b(?:HOME|PWD|USER)"?\s*[=:]\s*"?\S/,
];
