import { isRecord } from '../core/json.js';
import type { Link } from './link.js';
import { request } from './requests.js';
import type { CompletionQuery } from './types.js';

/** As the specification has it (server/utilities/completion#response-limits). */
const MAX_VALUES = 100;

/** `completion/complete`: what may stand for an argument of a prompt or of a URI template. */
export async function complete(
  link: Link,
  { ref, argument, value, context }: CompletionQuery,
  signal: AbortSignal,
): Promise<string[]> {
  if (link.client.getServerCapabilities()?.completions === undefined) return [];
  const params = {
    ref:
      'prompt' in ref
        ? { type: 'ref/prompt', name: ref.prompt }
        : { type: 'ref/resource', uri: ref.resource },
    argument: { name: argument, value },
    ...(Object.keys(context).length === 0 ? {} : { context: { arguments: { ...context } } }),
  };
  const { completion } = await request(link, 'completion/complete', params, signal);
  const values: unknown = isRecord(completion) ? completion['values'] : undefined;
  if (!Array.isArray(values)) return [];
  return values.filter((item) => typeof item === 'string').slice(0, MAX_VALUES);
}
