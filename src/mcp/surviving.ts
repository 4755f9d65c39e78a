import type { ServerDefinition } from '../config/types.js';
import type { DialOptions } from './dial.js';
import { reviving } from './reviving.js';
import { startServer, type Finish } from './start.js';
import { createTaskBook } from './tasks/task-book.js';

/** `startServer` for one who keeps no pool: the connection is made again when it is lost (`reviving`). */
export function startSurviving(server: ServerDefinition, given: DialOptions): Finish {
  const tasks = createTaskBook();
  const options = { ...given, tasks };
  const finish = startServer(server, options);
  return async (how) =>
    reviving(await finish(how), {
      server,
      reopen: (signal) => startServer(server, options)({ signal }),
      onEnd: tasks.abandon,
    });
}
