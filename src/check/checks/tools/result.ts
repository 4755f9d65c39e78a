import type { Check } from '../../audit/types.js';
import { sentence, told } from '../judged.js';
import { cwe } from '../references.js';
import { callNamed, leaksIn } from './call-named.js';

/** TOOL-03 */
export const quietResult: Check = {
  id: 'TOOL-03',
  title: 'A tool’s result holds neither the token nor the server’s environment.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    {
      title: 'MCP security best practices, token passthrough',
      url: 'https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#token-passthrough',
    },
    cwe(200),
    cwe(526),
  ],
  expected: 'No part of the request’s credential and no secret variable in what the tool says.',
  remedy:
    'Hand tools the principal, not the request; give commands a short environment of their own.',
  active: false,
  requests: 1,
  async run(audit) {
    if (audit.tool === undefined) {
      return {
        outcome: 'inconclusive',
        reason: 'needs --tool: name a harmless tool that may be called.',
      };
    }
    const { answer, response, text } = await callNamed(audit, audit.tool);
    const evidence = [answer];
    const leaks = leaksIn(text, audit);
    if (leaks.length > 0) {
      const reason = sentence([`the result of ${audit.tool.name} holds ${leaks.join(' and ')}`]);
      return { outcome: 'fail', reason, evidence };
    }
    if (response?.['result'] === undefined) {
      return {
        outcome: 'inconclusive',
        reason: sentence([`${told(answer)}, with no result`]),
        evidence,
      };
    }
    return { outcome: 'pass', reason: `The result of ${audit.tool.name} holds neither.`, evidence };
  },
};
