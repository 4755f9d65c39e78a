import type { Answer, Finding } from '../audit/types.js';

/** What one probe showed: `right` and `wrong` for certain, `doubtful` for a SHOULD, `unknown` when nothing can be said. */
export interface Judged {
  verdict: 'right' | 'wrong' | 'doubtful' | 'unknown';
  /** What was seen, as part of a sentence: `POST with the Origin of another site was answered 200`. */
  note: string;
  answer?: Answer | undefined;
  /** What arrived on the watched stream because of it. */
  seen?: readonly string[] | undefined;
}

/** Parts of a sentence that are told, and answers that are kept for it; the rest is counted. */
const TOLD = 5;

const MEANING = { wrong: 'fail', doubtful: 'warn', unknown: 'inconclusive' } as const;

/** One finding of all probes: the worst verdict counts, and what is not right is told in full. */
export function conclude(all: readonly Judged[], pass: string): Finding {
  for (const verdict of ['wrong', 'doubtful', 'unknown'] as const) {
    const worst = all.filter((judged) => judged.verdict === verdict);
    if (worst.length === 0) continue;
    const rest = all.filter((other) => other.verdict !== 'right' && other.verdict !== verdict);
    return {
      outcome: MEANING[verdict],
      reason: sentence([...worst, ...rest].map(({ note }) => note)),
      evidence: worst.flatMap(({ answer }) => answer ?? []).slice(0, TOLD),
      ...seenOf(worst),
    };
  }
  const evidence = all.flatMap(({ answer }) => answer ?? []).slice(0, TOLD);
  return { outcome: 'pass', reason: pass, evidence };
}

function seenOf(worst: readonly Judged[]): { seen?: readonly string[] } {
  const seen = worst.flatMap((judged) => judged.seen ?? []);
  return seen.length === 0 ? {} : { seen };
}

/** Parts of a sentence as one: `A; b; c.` The same part is told once. */
export function sentence(parts: readonly string[]): string {
  const different = [...new Set(parts)];
  const more = different.length - TOLD;
  const text = [...different.slice(0, TOLD), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  // `tools/list` and `add_numbers.description` stay as they are written.
  const isWord = /^[a-z]+(?![a-z]|[/._])/.test(text);
  return `${isWord ? text.charAt(0).toUpperCase() : text.charAt(0)}${text.slice(1)}.`;
}

/** Statuses of somebody in front of the server, or of a server that was asked too often. */
const NOT_ITS_OWN = new Set([429, 502, 503, 504]);

/** Set when the answer says nothing about what was asked: there is none, or it comes from a limit or a gateway. */
export function unjudgeable(answer: Answer): Judged | undefined {
  if (answer.status !== 0 && !NOT_ITS_OWN.has(answer.status)) return undefined;
  return { verdict: 'unknown', note: told(answer), answer };
}

/** `POST without credentials was answered 200`. */
export function told({ evidence, status, problem }: Answer): string {
  return status === 0
    ? `${evidence.what} got no answer (${problem?.replace(/\.$/, '') ?? 'unknown reason'})`
    : `${evidence.what} was answered ${status}`;
}

/** True for 2xx: the server did what it was asked, or will. */
export function isServed({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}
