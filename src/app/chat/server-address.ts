import { isHarmlessHeader, maskUrl } from '../../config/secrets.js';
import type { ServerDefinition } from '../../config/types.js';
import { redact, REDACTED } from '../../core/redact.js';

/** The URL without secrets, or the command line. */
export function addressOf(definition: ServerDefinition): string {
  return definition.transport === 'stdio'
    ? redact([definition.command, ...definition.args].map(quoted).join(' '))
    : redact(maskUrl(new URL(definition.url), REDACTED));
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

/** The headers of the configuration; of a secret one only its scheme. */
export function shownHeaders(
  definition: ServerDefinition,
): readonly (readonly [name: string, masked: string])[] {
  if (definition.transport === 'stdio') return [];
  return definition.headers.map(
    ([name, value]) => [name, isHarmlessHeader(name) ? value : mask(value)] as const,
  );
}

function mask(value: string): string {
  const scheme = /^[A-Za-z]+ /.exec(value)?.[0] ?? '';
  return `${scheme}${REDACTED}`;
}
