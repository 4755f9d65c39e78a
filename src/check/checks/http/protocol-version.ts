import { isRecord } from '../../../core/json.js';
import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { harmlessMethod, newMarker, rawPost, rightRequest } from '../raw-post.js';
import { mcp } from '../references.js';

/** HTTP-05 */
export const protocolVersion: Check = {
  id: 'HTTP-05',
  title: 'The protocol version and method that the headers name are checked.',
  severity: 'low',
  keyword: 'MUST',
  eras: ['sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/transports', 'protocol-version-header'),
    mcp('2026-07-28', 'basic/transports/streamable-http', 'server-validation'),
  ],
  expected:
    '400 for an unsupported MCP-Protocol-Version. 2026-07-28: 400 with -32020 when header and body differ, 400 when Mcp-Method is missing.',
  remedy:
    'Let the SDK handle the headers, or compare them with the versions you speak and, from 2026-07-28 on, with the body.',
  active: false,
  requests: 2,
  thoroughRequests: 3,
  async run(audit) {
    const { control, era, thorough } = audit;
    if (era === 'sessions' && control.protocolVersion < '2025-06-18') {
      return {
        outcome: 'not_applicable',
        reason: `The header came with 2025-06-18; the server speaks ${control.protocolVersion}.`,
      };
    }
    const probes = era === 'stateless' ? ofStateless(thorough) : ofSessions(thorough);
    const judged = probes.map(async ({ what, change, judge }) =>
      judge(await send(audit, what, change)),
    );
    return conclude(await Promise.all(judged), 'The headers are checked.');
  },
};

interface VersionProbe {
  what: string;
  change: Readonly<Record<string, string | undefined>>;
  judge: (answer: Answer) => Judged;
}

function ofSessions(thorough: boolean): readonly VersionProbe[] {
  const unsupported: VersionProbe = {
    what: 'POST with MCP-Protocol-Version: 1999-01-01',
    change: { 'MCP-Protocol-Version': '1999-01-01' },
    judge: (answer) => judgeRefused(answer),
  };
  const missing: VersionProbe = {
    what: 'POST without MCP-Protocol-Version',
    change: { 'MCP-Protocol-Version': undefined },
    judge: judgeMissing,
  };
  return thorough ? [unsupported, missing] : [unsupported];
}

const HEADER_MISMATCH = -32_020;

function ofStateless(thorough: boolean): readonly VersionProbe[] {
  const judge = (answer: Answer) => judgeRefused(answer, HEADER_MISMATCH);
  const telling = [
    {
      what: 'POST whose header names another version than its body',
      change: { 'MCP-Protocol-Version': '2025-11-25' },
      judge,
    },
    { what: 'POST without Mcp-Method', change: { 'Mcp-Method': undefined }, judge },
  ];
  if (!thorough) return telling;
  const what = 'POST with an Mcp-Method that is not the body’s';
  return [...telling, { what, change: { 'Mcp-Method': 'tools/list' }, judge }];
}

function send(
  audit: Audit,
  what: string,
  change: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
  const request = rightRequest(audit, { method: harmlessMethod(audit), id: newMarker() });
  return rawPost(audit, { what, body: JSON.stringify(request), change });
}

function judgeRefused(answer: Answer, code?: number): Judged {
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  if (isServed(answer) || answer.status >= 500) {
    return { verdict: 'wrong', note: `${note} instead of 400`, answer };
  }
  if (answer.status !== 400) {
    return { verdict: 'doubtful', note: `${note} instead of 400`, answer };
  }
  const error = answer.messages.find((message) => isRecord(message['error']))?.['error'];
  if (code === undefined || (isRecord(error) && error['code'] === code)) {
    return { verdict: 'right', note, answer };
  }
  return { verdict: 'doubtful', note: `${note} without the error ${code}`, answer };
}

/** A server "SHOULD assume protocol version 2025-03-26". */
function judgeMissing(answer: Answer): Judged {
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  return { verdict: isServed(answer) ? 'right' : 'doubtful', note: told(answer), answer };
}
