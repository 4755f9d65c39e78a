import { literalSecrets } from '../../config/edit/literal-secrets.js';
import type { Scope } from '../../config/edit/scopes.js';
import type { WrittenEntry } from '../../config/edit/types.js';
import type { Candidate } from '../../config/import/candidates.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { OstlerError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import { hostWords } from './import-list.js';

export type Chosen = Candidate & { converted: WrittenEntry };

export interface Selection {
  chosen: readonly Chosen[];
  /** Why others are left out, one a line. */
  skipped: readonly string[];
}

export interface SelectOptions {
  scope: Scope;
  /** What is there already is replaced. */
  force: boolean;
}

/** `--all`: what can be taken; of several with one name the first. */
export function selectAll(candidates: readonly Candidate[], options: SelectOptions): Selection {
  const chosen: Chosen[] = [];
  const skipped: string[] = [];
  for (const candidate of candidates) {
    const { newId } = candidate;
    const earlier = chosen.find((other) => other.newId === newId);
    const why = earlier === undefined ? refusal(candidate, options) : conflict(candidate, earlier);
    if (why !== undefined) skipped.push(`${newId}: left out: ${why}`);
    else if (earlier === undefined && isUsable(candidate)) chosen.push(candidate);
  }
  return { chosen, skipped };
}

/** Those that are named. Throws `usage` for a name that is unknown, stands for several servers, or is taken. */
export function selectNamed(
  names: readonly string[],
  candidates: readonly Candidate[],
  options: SelectOptions,
): Selection {
  const skipped: string[] = [];
  const chosen = [...new Set(names)].flatMap((name) => {
    const found = candidates.filter(({ id, newId }) => id === name || newId === name);
    const [first, ...others] = found;
    if (first === undefined) throw unknown(name, candidates);
    const other = others.find((one) => conflict(one, first) !== undefined);
    if (other !== undefined) throw ambiguous(name, found);
    if (first.taken === 'same') {
      skipped.push(`${first.newId}: there already, just so`);
      return [];
    }
    const why = refusal(first, options);
    if (why !== undefined) {
      const code = first.problem === undefined ? 'usage' : 'config_invalid';
      throw new OstlerError(code, `${first.newId} (${first.name}): ${why}.`);
    }
    return isUsable(first) ? [first] : [];
  });
  return { chosen, skipped };
}

function isUsable(candidate: Candidate): candidate is Chosen {
  return candidate.converted !== undefined;
}

/** Why a candidate cannot be taken. */
function refusal(candidate: Candidate, { scope, force }: SelectOptions): string | undefined {
  const { problem, converted, taken } = candidate;
  if (problem !== undefined || converted === undefined) return problem ?? 'it cannot be used';
  if (taken === 'same') return 'there already, just so';
  if (taken === 'other' && !force) return 'there is another one of this name; --force replaces it';
  const [secret] = scope === 'project' ? literalSecrets(converted) : [];
  if (secret === undefined) return undefined;
  return `${secret.at} holds a credential, and the project's file is for everybody; take --scope local or user`;
}

/** Why of two with one name the second is left out; undefined when they are the same. */
function conflict(candidate: Candidate, first: Candidate): string | undefined {
  const same = canonicalJson(candidate.converted) === canonicalJson(first.converted);
  return same ? undefined : `${hostWords(first)} has another one of this name (choose with --from)`;
}

function unknown(name: string, candidates: readonly Candidate[]): OstlerError {
  const known = [...new Set(candidates.map(({ newId }) => newId))];
  const list = known.length === 0 ? 'none was found' : `found: ${known.join(', ')}`;
  return new OstlerError(
    'usage',
    `No server "${name}" to import${didYouMean(name, known)} (${list}).`,
    {
      hint: 'See them all: ostler mcp import',
    },
  );
}

function ambiguous(name: string, found: readonly Candidate[]): OstlerError {
  const places = found.map((one) => `${hostWords(one)} (${one.name})`).join(', ');
  return new OstlerError('usage', `"${name}" means different servers: ${places}.`, {
    hint: 'Choose one with --from HOST or --from FILE.',
  });
}
