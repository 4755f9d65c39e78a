import { EXIT_CODES, type ErrorCode } from '../../src/core/errors.js';
import { toCode, toTable } from './markdown.js';

type ExitCode = 0 | (typeof EXIT_CODES)[ErrorCode];

/** What a script learns from the exit code alone. */
const EXIT_MEANINGS: Record<ExitCode, string> = {
  0: 'done',
  1: 'a bug in ostler, or the output cannot be written',
  2: 'wrong usage',
  3: 'a server wants (other) credentials',
  4: "a server, or the model's host, cannot be reached or does not speak its protocol",
  5: 'a tool failed',
  6: 'the configuration is invalid, or a project file is not trusted',
  7: 'the turn limit was reached',
  8: 'a tool call was refused and nobody could be asked',
  9: 'a check or an assertion failed',
  10: 'the model failed',
  124: 'a time limit was reached',
  130: 'interrupted (Ctrl+C)',
  143: 'terminated',
};

/** What happened, one line for each error code. */
const CODE_MEANINGS: Record<ErrorCode, string> = {
  internal: 'something that should not happen; please report it',
  output_failed: 'stdout took no more: the disk is full, for one',
  usage: 'unknown flag, missing prompt, unreadable input, a value out of range',
  auth_required: 'the server answered 401 and no credentials were sent',
  auth_rejected: 'the server answered 401 to the credentials that were sent',
  forbidden: 'the server answered 403: the credentials are known and not sufficient',
  cross_origin_redirect: 'the server points to another origin; not followed',
  server_unreachable: 'no connection to the server',
  server_failed: 'the server broke off, did not start, or answered with an error',
  wrong_transport: 'the URL does not serve this transport',
  protocol_error: 'the answer is not MCP',
  tls_error: 'no secure connection: the certificate was not accepted',
  model_unreachable: "nothing answers at the model's host",
  tool_error: 'the tool reported a failure',
  tool_not_found: 'the server has no such tool',
  config_invalid: 'the configuration cannot be read or holds something wrong',
  project_untrusted: "the project's server file was not trusted yet, or changed since",
  turn_limit: 'the model still wanted tools after the last allowed turn',
  denied: 'the model wanted a tool that no rule allows, and nobody could be asked',
  check_failed: 'a check or an assertion did not hold',
  model_missing: 'the model is not installed',
  model_no_tools: 'the model cannot call tools',
  model_no_thinking: 'the model cannot think',
  model_signin: "the model runs in Ollama's cloud and wants a sign-in",
  model_busy: 'the queue of the model is full',
  model_context: 'the prompt does not fit the context window',
  model_broke_off: 'the answer broke off',
  model_failed: 'the model, or its host, reported another failure',
  model_loop: 'the model keeps repeating the same tool call',
  timeout: 'a time limit was reached',
  interrupted: 'Ctrl+C, or the reader of stdout is gone',
  terminated: 'SIGTERM, or the terminal was closed',
};

/** The table of docs/exit-codes.md: one row for each error code, by exit code. */
export function exitCodeTable(): string {
  const codes = Object.entries(EXIT_CODES) as [ErrorCode, ExitCode][];
  const rows = codes
    .toSorted(([, a], [, b]) => a - b)
    .map(([code, exit], index, all) => {
      const isFirst = all[index - 1]?.[1] !== exit;
      return [
        isFirst ? String(exit) : '',
        isFirst ? EXIT_MEANINGS[exit] : '',
        toCode(code),
        CODE_MEANINGS[code],
      ];
    });
  return toTable(
    ['exit', 'meaning', 'code', 'what happened'],
    [['0', EXIT_MEANINGS[0], '', ''], ...rows],
  );
}
