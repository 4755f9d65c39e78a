import type { AskElicitation, AskLogin, AskRoots, ReviewSampling } from '../../core/asks.js';
import { askForm } from './form.js';
import { askLogin } from './login.js';
import { askPage } from './page.js';
import { createPrompter, type Prompter, type TerminalIo } from './prompter.js';
import { askRoots } from './roots.js';
import { reviewSampling } from './sampling.js';

/**
 * Questions of servers, asked at the terminal outside of the chat: one at a time, drawn on stderr, and
 * never answered by what was typed before they stood there. Ctrl+C and Escape cancel the question, not
 * the program. A page that is agreed to is opened here.
 */
export interface TerminalAsks {
  elicit: AskElicitation;
  review: ReviewSampling;
  roots: AskRoots;
  login: AskLogin;
}

export interface TerminalAskOptions {
  /** Logins are made in a browser elsewhere: the way to this machine's is not offered. */
  loginElsewhere?: boolean;
}

export function createTerminalAsks(
  io: TerminalIo,
  { loginElsewhere = false }: TerminalAskOptions = {},
): TerminalAsks {
  const inTurn = createTurns();
  const ask =
    <Question, Answer>(
      body: (prompter: Prompter, question: Question) => Promise<Answer>,
    ): ((question: Question, signal: AbortSignal) => Promise<Answer>) =>
    (question, signal) =>
      inTurn(async () => body(await createPrompter(io, signal), question));
  return {
    elicit: ask((prompter, request) =>
      request.mode === 'form' ? askForm(prompter, request) : askPage(prompter, request, io.env),
    ),
    review: ask(reviewSampling),
    roots: ask(askRoots),
    login: ask((prompter, request) => askLogin(prompter, request, loginElsewhere)),
  };
}

/** One after the other; a failed one holds up nobody. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(body: () => Promise<T>): Promise<T> => {
    const turn = last.then(body, body);
    last = turn;
    return turn;
  };
}
