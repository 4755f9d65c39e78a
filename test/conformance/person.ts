import type { FormField } from '../../src/core/asks.js';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import { createLoginPort } from '../../src/mcp/auth/login-port.js';
import type { HostPorts } from '../../src/mcp/ports.js';

/** Somebody who fills in every form as it is proposed, and whose browser goes where it is sent. */
export function createPerson(env: NodeJS.ProcessEnv): HostPorts {
  return {
    elicit: (request) =>
      Promise.resolve({
        action: 'accept',
        ...(request.mode === 'form' ? { content: filledIn(request.fields) } : {}),
      }),
    sample: () =>
      Promise.resolve({
        model: 'none',
        content: [{ type: 'text', text: 'sample' }],
        stopReason: 'endTurn',
      }),
    roots: { list: () => Promise.resolve([]), onChange: () => () => {} },
    login: createLoginPort({ ask: () => Promise.resolve({ kind: 'open' }), env, open: visit }),
  };
}

/** The suites' authorization servers approve at once; the way back ends at the login's own listener. */
async function visit(url: string, { signal }: { signal: AbortSignal }): Promise<void> {
  const page = await fetch(url, { signal });
  await page.text();
}

function filledIn(fields: readonly FormField[]): JsonObject {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
}

function valueOf(field: FormField): JsonValue {
  if (field.default !== undefined) {
    return typeof field.default === 'object' ? [...field.default] : field.default;
  }
  switch (field.kind) {
    case 'text':
      return 'sample';
    case 'number':
      return field.minimum ?? 1;
    case 'boolean':
      return true;
    case 'choice':
      return field.options[0]?.value ?? '';
    case 'choices':
      return field.options.slice(0, 1).map(({ value }) => value);
  }
}
