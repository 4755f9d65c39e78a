import type { ServerDefinition } from '../../config/types.js';
import type { ListenEvent } from '../../core/listen-events.js';
import { linkAbort } from '../../core/linked-abort.js';
import { OstlerError } from '../../core/errors.js';
import { createChannel } from './channel.js';
import type { Ear, ListenOptions } from './types.js';

/**
 * What a server says by itself, until the signal fires, which rejects with its reason. Ends when
 * the server ends its stream for good (HTTP 204); rejects with an `OstlerError` when it cannot be
 * heard. Whoever stops reading closes the session: `return()` resolves when that is done.
 */
export async function* listen(
  server: ServerDefinition,
  options: ListenOptions,
): AsyncGenerator<ListenEvent, void> {
  const own = linkAbort(options.signal);
  const channel = createChannel<ListenEvent>();
  const ear: Ear = {
    ...options,
    signal: own.signal,
    room: channel.room,
    emit(event) {
      channel.push({ timestamp: new Date().toISOString(), ...event });
    },
  };
  const work = hear(server, ear).then(
    () => channel.end(),
    (error: unknown) => channel.end(own.signal.aborted ? (error as Error) : toUnreachable(error)),
  );
  try {
    yield* channel.read();
  } finally {
    own.abort(new OstlerError('interrupted', 'Nobody listens any more.'));
    channel.end();
    await work;
    own.release();
  }
}

/** Resolves when the server has ended it for good. */
async function hear(server: ServerDefinition, ear: Ear): Promise<void> {
  if (server.transport === 'stdio') {
    const { listenStdio } = await import('./stdio.js');
    return listenStdio(server, ear);
  }
  const { listenRemote } = await import('./remote.js');
  await listenRemote(server, ear);
  ear.emit({ type: 'end', reason: 'the server says that there is no more (HTTP 204)' });
}

/** A server that takes too long cannot be reached; `timeout` is the command's own limit. */
function toUnreachable(error: unknown): Error {
  if (!(error instanceof OstlerError) || error.code !== 'timeout') return error as Error;
  return new OstlerError('server_unreachable', error.message, {
    server: error.server,
    hint: 'Give it more time with --server-timeout.',
  });
}
