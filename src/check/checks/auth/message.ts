import type { Audit, Probe } from '../../audit/types.js';
import { newMarker, rightRequest } from '../raw-post.js';

/** `tools/list` into the victim's session as `ask` would send it, for what `ask` cannot do: another HTTP method, a 429. */
export function messageTo(audit: Audit): Pick<Probe, 'path' | 'headers' | 'body'> {
  const { victim } = audit.control;
  const method = 'tools/list';
  return {
    path: victim.messagePath,
    headers: [
      ['Accept', 'application/json, text/event-stream'],
      ...victim.headers,
      ...(audit.era === 'stateless' ? [['Mcp-Method', method] as const] : []),
    ],
    body: rightRequest(audit, { method, id: newMarker() }),
  };
}
