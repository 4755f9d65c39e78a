import { OstlerError, toErrorInfo } from '../../core/errors.js';
import { deadline } from '../../core/wait.js';
import { toNetError } from '../../net/failure.js';
import {
  probeTls,
  type ShownCertificate,
  type TlsProbe,
  type TlsTarget,
} from '../../net/probe-tls.js';
import type { Found, Ladder } from './ladder.js';

const DAY_MS = 86_400_000;
/** Certificates that end sooner are worth a warning. */
const SOON_DAYS = 14;

export type TlsStep = TlsTarget & { insecure: boolean };

/** The handshake and the certificate, all that is wrong with it named. */
export async function climbTls(
  ladder: Ladder,
  target: TlsStep,
  signal: AbortSignal,
): Promise<void> {
  const { url, insecure } = target;
  const probe = await probeTls(target, signal);
  const found = describe(probe);
  if (probe.faults.length === 0) {
    const days = daysLeft(probe);
    if (days >= SOON_DAYS) ladder.ok('tls', found);
    else ladder.warn('tls', { ...found, hint: 'The certificate has to be renewed soon.' });
    return;
  }
  const reasons = probe.faults.map((code) => reasonOf(code, url));
  const text = `${reasons.map(({ reason }) => reason).join('; ')} (${probe.faults.join(', ')})`;
  if (insecure) {
    ladder.warn('tls', { ...found, text: `not checked (--insecure): ${text}` });
    return;
  }
  const hints = [...new Set(reasons.map(({ hint }) => hint))].filter((hint) => hint !== '');
  const hint = [...hints, 'To look at it all the same: --insecure.'].join(' ');
  const message = `No secure connection to ${url.host}: ${text}.`;
  ladder.fail('tls', new OstlerError('tls_error', message, { hint }), { ...found, text, hint });
}

const GUESS_MS = 2000;

/** True when a handshake works where plain HTTP was tried. */
export async function speaksTls(url: URL, signal: AbortSignal): Promise<boolean> {
  const address = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 80 : Number(url.port);
  const limit = deadline(GUESS_MS, 'The TLS handshake', signal);
  try {
    await probeTls({ url, address, port }, limit.signal);
    return true;
  } catch (error) {
    if (signal.aborted || !(error instanceof OstlerError)) throw error;
    return false;
  } finally {
    limit.clear();
  }
}

function describe({ protocol, cipher, chain, altNames, ms, faults }: TlsProbe): Found {
  const leaf = chain[0];
  const until = leaf === undefined ? '' : `, valid until ${dayOf(leaf.validTo)}${leftOf(leaf)}`;
  return {
    text: `${protocol}, ${cipher}${until}`,
    details: [
      ...(leaf === undefined ? ['the server shows no certificate'] : []),
      ...chain.map(({ subject, issuer }, at) =>
        subject === issuer
          ? `${at === 0 ? 'certificate' : 'chain'}: ${subject} (its own issuer)`
          : `${at === 0 ? 'certificate' : 'chain'}: ${subject}, issued by ${issuer}`,
      ),
      ...(altNames.length === 0 ? [] : [`names: ${altNames.join(', ')}`]),
    ],
    ms,
    data: {
      protocol,
      cipher,
      subject: leaf?.subject ?? null,
      issuer: leaf?.issuer ?? null,
      valid_to: leaf === undefined ? null : isoOf(leaf.validTo),
      names: [...altNames],
      faults: [...faults],
    },
  };
}

function reasonOf(code: string, url: URL): { reason: string; hint: string } {
  const { message, hint = '' } = toErrorInfo(toNetError({ code }, url));
  return { reason: /: (.*) \([^)]*\)\.$/.exec(message)?.[1] ?? 'it is not trusted', hint };
}

function daysLeft({ chain }: TlsProbe): number {
  const ends = chain.map(({ validTo }) => validTo.getTime()).filter((time) => !Number.isNaN(time));
  return ends.length === 0 ? Infinity : (Math.min(...ends) - Date.now()) / DAY_MS;
}

function leftOf({ validTo }: ShownCertificate): string {
  const days = Math.floor((validTo.getTime() - Date.now()) / DAY_MS);
  if (Number.isNaN(days)) return '';
  return days < 0 ? ` (${-days} days ago)` : ` (${days} ${days === 1 ? 'day' : 'days'} left)`;
}

function isoOf(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function dayOf(date: Date): string {
  return isoOf(date)?.slice(0, 10) ?? 'an unknown day';
}
