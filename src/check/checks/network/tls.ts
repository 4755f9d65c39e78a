import type { PeerOptions } from '../../../net/peer-certificate.js';
import type { TlsProbe } from '../../../net/probe-tls.js';
import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, sentence } from '../judged.js';
import { cwe, rfc } from '../references.js';

const TIME_MS = 10_000;
const DAY_MS = 86_400_000;
/** Automatic renewal has happened by then. */
const ENOUGH_DAYS = 14;

/** NET-06 */
export const goodCertificate: Check = {
  id: 'NET-06',
  title: 'The certificate is valid, for this name, for some time yet; TLS is 1.2 or later.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(9325, '3.1.1'), rfc(9110, '4.3.4'), cwe(295)],
  expected:
    'A chain to a known authority (or to --ca), the right name, more than 14 days left; TLS 1.0 and 1.1 refused.',
  remedy:
    'Renew the certificate by itself (ACME), send its whole chain, and allow TLS 1.2 and 1.3.',
  active: false,
  requests: 0,
  withoutControl: true,
  async run(audit) {
    if (audit.url.protocol !== 'https:') {
      return { outcome: 'not_applicable', reason: 'The server is reached without TLS.' };
    }
    const found = await shakeHands(audit);
    if ('problem' in found) {
      return { outcome: 'inconclusive', reason: sentence([found.problem.replace(/\.$/, '')]) };
    }
    const old = await shakeHands(audit, { maxVersion: 'TLSv1.1' });
    const judged = judge(found);
    if (!('problem' in old)) {
      judged.push({ verdict: 'wrong', note: `the server still accepts ${old.protocol}` });
    }
    return conclude(judged, `${found.protocol}, valid for ${daysLeft(found)} days.`);
  },
};

/** Imported late: few audits meet TLS. */
async function shakeHands(audit: Audit, more: Pick<PeerOptions, 'maxVersion'> = {}) {
  const { peerCertificate } = await import('../../../net/peer-certificate.js');
  const { url, server, signal } = audit;
  return peerCertificate(url, { signal, ca: server.ca, timeoutMs: TIME_MS, ...more });
}

function daysLeft({ chain: [leaf] }: TlsProbe): number {
  return Math.floor(((leaf?.validTo.getTime() ?? 0) - Date.now()) / DAY_MS);
}

const FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends at an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the chain is not complete',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of the certificate is not known',
};

function judge(found: TlsProbe): Judged[] {
  const { faults, protocol } = found;
  const days = daysLeft(found);
  const judged: Judged[] = faults.map((code) => ({
    verdict: 'wrong',
    note: FAULTS[code] ?? `the certificate is not trusted (${code})`,
  }));
  if (!/^TLSv1\.[23]$/.test(protocol)) {
    judged.push({ verdict: 'wrong', note: `the server speaks ${protocol}` });
  }
  if (days >= 0 && days <= ENOUGH_DAYS) {
    judged.push({ verdict: 'doubtful', note: `the certificate ends in ${days} days` });
  }
  return judged;
}
