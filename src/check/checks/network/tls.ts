import type { TlsProbe } from '../../../net/probe-tls.js';
import { OstlerError } from '../../../core/errors.js';
import type { Audit, Check, Finding } from '../../audit/types.js';
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
  expected: 'A chain to a known authority (or to --ca), the right name, more than 14 days left.',
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
    if ('outcome' in found) return found;
    const [leaf] = found.chain;
    const days = leaf === undefined ? 0 : (leaf.validTo.getTime() - Date.now()) / DAY_MS;
    const pass = `${found.protocol}, valid for ${Math.floor(days)} days.`;
    return conclude(judge(found, days), pass);
  },
};

async function shakeHands(audit: Audit): Promise<TlsProbe | Finding> {
  const { probeTls } = await import('../../../net/probe-tls.js');
  const { url, server } = audit;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 443 : Number(url.port);
  const signal = AbortSignal.any([audit.signal, AbortSignal.timeout(TIME_MS)]);
  try {
    return await probeTls({ url, address, port, ca: server.ca }, signal);
  } catch (error) {
    if (audit.signal.aborted || !(error instanceof Error)) throw error;
    const known = error instanceof OstlerError || signal.aborted;
    if (!known) throw error;
    const why = signal.aborted ? 'no TLS handshake within 10 s' : error.message.replace(/\.$/, '');
    return { outcome: 'inconclusive', reason: sentence([why]) };
  }
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

function judge({ faults, protocol }: TlsProbe, days: number): Judged[] {
  const judged: Judged[] = faults.map((code) => ({
    verdict: 'wrong',
    note: FAULTS[code] ?? `the certificate is not trusted (${code})`,
  }));
  if (!/^TLSv1\.[23]$/.test(protocol)) {
    judged.push({ verdict: 'wrong', note: `the server speaks ${protocol}` });
  }
  if (days > 0 && days <= ENOUGH_DAYS) {
    const note = `the certificate ends in ${Math.floor(days)} days`;
    judged.push({ verdict: 'doubtful', note });
  }
  return judged;
}
