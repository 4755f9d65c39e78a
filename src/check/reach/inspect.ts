import type { ServerDefinition } from '../../config/types.js';
import type { InspectEvent } from '../../core/rungs.js';
import { inspectProcess } from './process.js';
import { inspectRemote } from './remote.js';
import type { InspectOptions } from './types.js';

/**
 * The ladder from a configured server to one that answers, each step told as it is found:
 * `inspect_end` is last, with the error of the step that failed. What it opens it closes, also when
 * the signal fires or nobody reads on.
 */
export function inspectServer(
  server: ServerDefinition,
  options: InspectOptions,
): AsyncGenerator<InspectEvent, void> {
  return server.transport === 'stdio'
    ? inspectProcess(server, options)
    : inspectRemote(server, options);
}
