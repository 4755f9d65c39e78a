import { readElicitation, readRoots, readSampling } from './asks-settings.js';
import type { FlagInput } from './flags.js';
import { createLayers, type Layers } from './layers.js';
import { readModelSettings } from './model-settings.js';
import { createProblems } from './problems.js';
import type { ModelSettings, Settings } from './types.js';

/** What servers may ask, and who answers; all that a command about one server needs of the settings. */
export type AskSettings = Pick<Settings, 'elicitation' | 'sampling' | 'roots'>;

interface Place {
  flags: FlagInput;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** Settings of flags and variables alone, where no config file is read. Throws `usage`, `config_invalid`. */
export async function readAskFlags(place: Place): Promise<AskSettings> {
  const layers = withoutFiles(place);
  const roots = await readRoots(layers);
  return {
    elicitation: await readElicitation(layers),
    sampling: await readSampling(layers),
    ...(roots === undefined ? {} : { roots }),
  };
}

/** The model of flags, variables and defaults. */
export function readModelFlags(place: Place): Promise<ModelSettings> {
  return readModelSettings(withoutFiles(place));
}

function withoutFiles({ flags, env, cwd }: Place): Layers {
  return createLayers({
    flags,
    env,
    cwd,
    sources: [],
    problems: createProblems(),
    positions: false,
    expand: () => ({ env, dir: cwd, mode: 'run', signal: undefined }),
  });
}
