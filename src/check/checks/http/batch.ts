import { isRecord } from '../../../core/json.js';
import type { Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { harmlessMethod, newMarker, rawPost, rightRequest } from '../raw-post.js';
import { mcp } from '../references.js';

/** HTTP-07 */
export const noBatches: Check = {
  id: 'HTTP-07',
  title: 'A batch of messages is refused.',
  severity: 'info',
  keyword: 'MUST',
  eras: ['sessions', 'stateless'],
  references: [
    mcp('2025-06-18', 'changelog'),
    mcp('2025-11-25', 'basic/transports', 'sending-messages-to-the-server'),
  ],
  expected: '400: since 2025-06-18 a body is one message.',
  remedy: 'Refuse a body that is a JSON array before it is dispatched.',
  active: false,
  requests: 1,
  async run(audit) {
    const { protocolVersion } = audit.control;
    if (audit.era === 'sessions' && protocolVersion < '2025-06-18') {
      return { outcome: 'not_applicable', reason: `${protocolVersion} allows batches.` };
    }
    const method = harmlessMethod(audit);
    const batch = [newMarker(), newMarker()].map((id) => rightRequest(audit, { method, id }));
    const answer = await rawPost(audit, {
      what: `POST of a batch of two ${method}`,
      body: JSON.stringify(batch),
    });
    const note = told(answer);
    const results = answer.messages.filter((message) => isRecord(message['result'])).length;
    const judged: Judged =
      unjudgeable(answer) ??
      (answer.status === 400
        ? { verdict: 'right', note, answer }
        : results > 0 || answer.status >= 500
          ? { verdict: 'wrong', note: `${note} with ${results} results`, answer }
          : { verdict: isServed(answer) ? 'wrong' : 'doubtful', note, answer });
    return conclude([judged], 'A batch is refused.');
  },
};
