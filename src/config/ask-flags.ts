import { given, type FlagInput } from './flags.js';

const FLAGS = ['onElicitation', 'answers', 'sampling', 'root'];

/** Whether flags or variables say anything of what servers may ask. */
export function hasAskFlags(place: { flags: FlagInput; env: NodeJS.ProcessEnv }): boolean {
  return FLAGS.some((name) => given(name, place) !== undefined);
}
