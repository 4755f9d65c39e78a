import { OstlerError } from '../core/errors.js';
import { givenFlag, type FlagInput } from './flags.js';
import type { Layers } from './layers.js';
import {
  DEFAULTS,
  type ApprovalMode,
  type ApprovalSettings,
  type RequireServers,
} from './types.js';
import { BadValue, toBoolean, toDurationMs, toOneOf, toTexts, toWhole } from './values.js';

const MODES: readonly ApprovalMode[] = ['ask', 'auto', 'never'];

/** Who is asked before a tool runs. The patterns of all layers add up; deny wins. */
export async function readApproval(layers: Layers, flags: FlagInput): Promise<ApprovalSettings> {
  const yolo = givenFlag('yolo', flags);
  const approval = givenFlag('approval', flags);
  if (yolo !== undefined && approval !== undefined && approval.raw !== 'auto') {
    throw new OstlerError('usage', '--yolo means --approval auto: give one of them.');
  }
  const mode = await layers.read(
    { flags: ['approval', 'yolo'], keys: ['approval', 'yolo', 'approveToolRun'] },
    (raw, { name }) => {
      if (name === 'approval') return toOneOf(MODES)(raw);
      return toBoolean(raw) === (name === 'yolo') ? 'auto' : 'ask';
    },
  );
  const allow = await layers.readAll({ flags: ['allow'], keys: ['allow'] }, toTexts);
  const deny = await layers.readAll({ flags: ['deny'], keys: ['deny'] }, toTexts);
  return { mode: mode ?? 'ask', allow: allow.flat(), deny: deny.flat() };
}

/** Rounds of model and tools; 0 means no limit. */
export async function readMaxTurns(layers: Layers): Promise<number> {
  const turns = await layers.read(
    { flags: ['maxTurns', 'maxSteps'], keys: ['maxTurns', 'maxSteps'] },
    toWhole(0),
  );
  return turns === 0 ? Infinity : (turns ?? DEFAULTS.maxTurns);
}

/** Limit for the whole run in milliseconds; 0 means none. */
export async function readTimeout(layers: Layers): Promise<number | undefined> {
  const ms = await layers.read({ flags: ['timeout'], keys: ['timeout'] }, toDurationMs);
  return ms === 0 ? undefined : ms;
}

export async function readRequireServers(layers: Layers): Promise<RequireServers | undefined> {
  return layers.read({ flags: ['requireServers'], keys: ['requireServers'] }, (raw) => {
    const names = toTexts(raw)
      .flatMap((item) => item.split(','))
      .map((item) => item.trim())
      .filter((item) => item !== '');
    const [only] = names;
    if (only === undefined) throw new BadValue('must be all, any or names of servers');
    return names.length === 1 && (only === 'all' || only === 'any') ? only : names;
  });
}
