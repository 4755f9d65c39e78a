import { formatOrigin } from '../../config/problems.js';
import { hasUrlSecret, isHarmlessHeader, maskUrl } from '../../config/secrets.js';
import type { RemoteServer, ServerDefinition } from '../../config/types.js';
import type { OstlerError } from '../../core/errors.js';
import { REDACTED } from '../../core/redact.js';
import type { InspectEvent } from '../../core/rungs.js';
import { climb, type Found, type Ladder } from './ladder.js';

/** What the configuration says of a server, and where. */
export function tellConfig(
  ladder: Ladder,
  server: ServerDefinition,
  warnings: readonly string[],
): void {
  ladder.start('config');
  const found: Found = {
    text: `${addressOf(server)} (${placeOf(server)})`,
    details: [
      ...(server.disabled ? ['disabled: the chat does not start it'] : []),
      ...(server.protocol === 'auto' ? [] : [`protocol: ${server.protocol}`]),
      ...warnings,
    ],
    data: { origin: formatOrigin(server.origin), transport: server.transport },
  };
  if (warnings.length > 0) ladder.warn('config', found);
  else ladder.ok('config', found);
}

/** Where the entry is written. A server given on the spot has none. */
function placeOf({ origin }: ServerDefinition): string {
  return origin.where === '--server' ? 'given on the command line' : formatOrigin(origin);
}

function addressOf(server: ServerDefinition): string {
  if (server.transport === 'stdio') return [server.command, ...server.args].join(' ');
  return maskUrl(new URL(server.url), REDACTED);
}

/** What goes along that a stranger does not have: `Authorization`, `user name in the URL`, `query`. */
export function credentialNames({ headers, url }: RemoteServer): string[] {
  const at = new URL(url);
  const names = headers.map(([name]) => name).filter((name) => !isHarmlessHeader(name));
  if (at.username !== '') names.push('user name in the URL');
  else if (hasUrlSecret(at)) names.push('query');
  return names;
}

/** A ladder that ends at its first step: the configuration is wrong. */
export function configFailure(
  server: string,
  error: OstlerError,
): AsyncGenerator<InspectEvent, void> {
  return climb({
    server,
    names: ['config'],
    signal: new AbortController().signal,
    work(ladder) {
      ladder.start('config');
      return Promise.reject(error);
    },
  });
}
