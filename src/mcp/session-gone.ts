import { OstlerError } from '../core/errors.js';

/** The server does not know the session any more: a new one has to be opened. */
export class SessionGone extends OstlerError {
  /** The request was refused before it was looked at, so that it may be sent again. */
  readonly unprocessed: boolean;

  constructor(
    server: string,
    said: string,
    options: { status?: number | undefined; cause: unknown; unprocessed: boolean },
  ) {
    const { unprocessed, ...details } = options;
    super('server_failed', `${server} has ended the session (${said}).`, {
      ...details,
      server,
      hint: 'Start again; a new session will be opened.',
    });
    this.unprocessed = unprocessed;
  }
}
