import { REFUSALS, judgeDoor } from './door.js';
import type { JsonObject } from '../../../core/json.js';
import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { newMarker, rawPost } from '../raw-post.js';
import { cwe, mcp } from '../references.js';
import { withCredential } from './credentials.js';

/** AUTH-07 */
export const oneWayMessages: Check = {
  id: 'AUTH-07',
  title: 'Notifications and responses without credentials are refused too.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-requirements'),
    mcp('2025-11-25', 'basic/transports', 'sending-messages-to-the-server'),
    cwe(306),
  ],
  expected:
    '401, not 202: with them a stranger cancels calls and answers questions in a person’s place.',
  remedy:
    'Guard the endpoint before the message is read; one without an id is a message like any other.',
  active: false,
  requests: 1,
  thoroughRequests: 2,
  run: withCredential(async (audit) => {
    const posts = [post(audit, 'a notification', cancelled())];
    // In the stateless revision no server asks a client, so there is nothing to respond to.
    if (audit.thorough && audit.era !== 'stateless') {
      posts.push(post(audit, 'a response', { jsonrpc: '2.0', id: newMarker(), result: {} }));
    }
    const judged = await Promise.all(posts);
    return conclude(judged, `${judged.map(({ note }) => note).join('; ')}.`);
  }),
};

/** Of a request there never was. */
function cancelled(): JsonObject {
  const params = { requestId: newMarker(), reason: 'ostler check' };
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params };
}

async function post(audit: Audit, kind: string, message: JsonObject): Promise<Judged> {
  const stateless = audit.era === 'stateless';
  const answer = await rawPost(audit, {
    what: `POST of ${kind} without credentials`,
    as: audit.none,
    body: JSON.stringify(message),
    change: stateless ? { 'Mcp-Method': 'notifications/cancelled' } : {},
  });
  return judgeDoor(answer, { right: REFUSALS });
}
