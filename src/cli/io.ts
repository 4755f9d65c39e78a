import type { Output } from '../render/sink.js';

/** The process as the commands see it. */
export interface Io {
  stdin: NodeJS.ReadStream;
  stdout: Output;
  stderr: Output;
  env: NodeJS.ProcessEnv;
  cwd: string;
}
