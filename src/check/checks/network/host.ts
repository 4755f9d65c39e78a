import type { Check } from '../../audit/types.js';
import { conclude } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { type Foreign, getFrom, postFrom } from './origin-probes.js';
import { placeOf } from './place.js';

/** NET-03 */
export const foreignHost: Check = {
  id: 'NET-03',
  title: 'A local server refuses a request that was sent to another host name.',
  severity: 'high',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/transports', 'security-warning'),
    {
      title: 'GHSA-w48q-cv73-mx4w',
      url: 'https://github.com/advisories/GHSA-w48q-cv73-mx4w',
    },
    cwe(350),
  ],
  expected: '403 or 421 for a Host header with a name that is not the server’s.',
  remedy:
    'Compare the Host header with the names and addresses the server is reached under, and refuse every other: a page whose name is rebound to this address arrives with its own name.',
  active: false,
  requests: 1,
  thoroughRequests: 3,
  async run(audit) {
    if ((await placeOf(audit)) === 'public') {
      return {
        outcome: 'not_applicable',
        reason: 'The server has a public address, which anybody reaches without DNS rebinding.',
      };
    }
    // Name-based hosting answers 400 or 404 for names it does not know: as good a refusal.
    const right = [403, 421, 400, 404];
    const port = audit.url.port === '' ? '' : `:${audit.url.port}`;
    const evil: Foreign = { name: 'Host', value: `evil.example${port}`, right };
    const probes = [postFrom(audit, evil)];
    if (audit.thorough) {
      probes.push(postFrom(audit, { ...evil, value: `localhost.evil.example${port}` }));
      if (audit.era !== 'stateless') probes.push(getFrom(audit, evil));
    }
    return conclude(await Promise.all(probes), 'A foreign Host is refused.');
  },
};
