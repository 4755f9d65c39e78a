import type { Fakes } from './fakes.js';
import type { Scenario } from './types.js';

/** Where and with what a scenario runs. */
export interface Context {
  /** The node that is measured, for programs and stdio servers alike. */
  node: string;
  fakes: Fakes;
  /** Empty directory: for config files, and the home of programs at a terminal. */
  folder: string;
  /** Only asked whether everything runs: a small document, few keys. */
  quick: boolean;
}

export type MakeScenario = (context: Context) => Scenario | Promise<Scenario>;
