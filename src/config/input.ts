import type { FlagInput } from './flags.js';
import type { ProjectView } from './project-view.js';
import type { Origin, Settings } from './types.js';

export interface LoadInput {
  flags: FlagInput;
  env: NodeJS.ProcessEnv;
  /** Absolute. */
  cwd: string;
  /** Asked for a project file that is not trusted yet; a yes is written down. Without it such a file is an error. */
  confirmProject?: (view: ProjectView) => Promise<boolean>;
  /**
   * What an untrusted project file does: fail (default), be left out with a warning, or be checked
   * without a look at any variable, file or command it refers to (for `config validate`).
   */
  untrusted?: 'error' | 'skip' | 'check';
  /** `dry` reads no file and runs no command that a config refers to. Default `run`. */
  mode?: 'run' | 'dry';
  /** Origins with line and column; costs the YAML parser. */
  positions?: boolean;
  signal?: AbortSignal;
}

export interface LoadedFile {
  name: string;
  layer: Origin['layer'];
  state: 'loaded' | 'untrusted' | 'empty';
}

export interface LoadedConfig {
  settings: Settings;
  /** Where each setting was found, by its name in camelCase; what is not in it is a default. */
  origins: ReadonlyMap<string, Origin>;
  /** Names of all servers in the files, wanted or not, highest file first. */
  configured: readonly string[];
  /** Config files and inline texts, highest first. */
  files: readonly LoadedFile[];
}
