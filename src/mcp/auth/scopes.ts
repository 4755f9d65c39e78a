import type { OAuthSettings } from '../../config/types.js';
import type { Challenge } from './context.js';
import type { Discovered } from './discover.js';

const OFFLINE = 'offline_access';

/**
 * What is asked for (basic/authorization#scope-selection-strategy): the configured scopes; else those of
 * the challenge, else all the server knows, else none. `offline_access` is added where it is offered and
 * a refresh token can be used.
 */
export function scopeFor(
  settings: OAuthSettings,
  { scope }: Challenge,
  { scopes, metadata }: Pick<Discovered, 'scopes' | 'metadata'>,
): string | undefined {
  if (settings.scopes !== undefined && settings.scopes.length > 0) return settings.scopes.join(' ');
  const wanted = scope ?? scopes?.join(' ');
  if (wanted === undefined || wanted.trim() === '') return undefined;
  const offered = metadata?.scopes_supported?.includes(OFFLINE) === true;
  const add =
    offered && settings.grant === 'authorization_code' && !wanted.split(' ').includes(OFFLINE);
  return add ? `${wanted} ${OFFLINE}` : wanted;
}
