import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe } from '../references.js';
import { headersOf, textOf } from '../../audit/answers.js';

/** HTTP-01 */
export const quietErrors: Check = {
  id: 'HTTP-01',
  title: 'Error answers tell nothing about the server’s inside.',
  severity: 'medium',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [cwe(209), cwe(497)],
  expected:
    'Small JSON or text bodies without stack, file path, software version, or the token that was sent.',
  remedy:
    'Answer every failure in one place, with a fixed text for its status; write the exception to the log only (Express: an error handler with four parameters).',
  active: false,
  requests: 0,
  stage: 'last',
  run(audit) {
    const errors = audit.seen().filter(({ status }) => status >= 400);
    if (errors.length === 0) {
      return Promise.resolve({
        outcome: 'inconclusive',
        reason: 'The server answered nothing with an error.',
      });
    }
    const judged = errors.flatMap((answer) => judge(answer, audit));
    return Promise.resolve(conclude(judged, `${errors.length} error answers tell nothing.`));
  },
};

/** What a stack trace looks like, by language. Bounded repeats: a server may want us to search for ever. */
const STACKS: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'a stack trace',
    /^[ \t]{0,20}at [^\n]{0,200}[( ][^\s()]{1,300}:\d{1,6}(?::\d{1,6})?\)?[ \t\r]*$/m,
  ],
  ['a stack trace', /(?:<br>|&nbsp;|\\n) {0,8}at [^\n]{0,200}:\d{1,6}:\d{1,6}/],
  ['a stack trace', /Traceback \(most recent call last\)|File "[^"\n]{1,300}", line \d/],
  ['a stack trace', /^goroutine \d{1,9} \[|^[ \t]{1,20}at [\w.$]{1,300}\([\w.]{1,200}\.java:\d/m],
  ['a file path', /(?:node_modules|site-packages)\/|file:\/\/\/\w/],
  ['a file path', /\/(?:home|Users|root|usr|opt|srv|etc|var)\/[\w.-]{1,100}\/[\w.-]/],
  [
    'a file path',
    /\b[A-Z]:\\{1,2}[\w. -]{1,100}\\|\/[\w.-]{1,100}\.(?:[cm]?[jt]s|py|rb|go|php|java|cs):\d/,
  ],
];

const VERSIONS =
  /\b(?:Express|Node(?:\.js)?|nginx|Apache|Python|PHP|uvicorn|gunicorn|Werkzeug|Jetty|Tomcat|Kestrel)\/v?\d+(?:\.\d+)+/i;
const LARGE = 8 * 1024;

function judge(answer: Answer, audit: Audit): readonly Judged[] {
  const { what, path } = answer.evidence;
  // What the request itself said is no news.
  const body = textOf(answer).replaceAll(path, '');
  const all = `${answer.headers.map(([, value]) => value).join('\n')}\n${body}`;
  const said = `the ${answer.status} to "${what}" has`;
  const wrong = (part: string): Judged => ({ verdict: 'wrong', note: `${said} ${part}`, answer });
  const doubtful = (part: string): Judged => ({ ...wrong(part), verdict: 'doubtful' });
  const found: Judged[] = [];
  if (tokensOf(audit).some((token) => all.includes(token))) found.push(wrong('the token in it'));
  const stack = STACKS.find(([, pattern]) => pattern.test(body));
  if (stack !== undefined) found.push(wrong(`${stack[0]} in it`));
  const version = VERSIONS.exec(body);
  if (version !== null) found.push(doubtful(`the version of ${version[0].split('/')[0]} in it`));
  if (answer.body.length > LARGE) found.push(doubtful('more than 8 KiB'));
  const type = headersOf(answer, 'content-type')[0] ?? '';
  if (/^text\/html/i.test(type) && body !== '') found.push(doubtful('an HTML page'));
  return found;
}

/** All tokens that are known, and how they would look in base64. */
function tokensOf({ form, good, second, expired, wrongAudience, limited }: Audit): string[] {
  const values = [good, second, expired, wrongAudience, limited].flatMap((credential) =>
    (credential?.headers ?? [])
      .filter(([name]) => name.toLowerCase() === form?.header.toLowerCase())
      .map(([, value]) => value.slice(value.indexOf(' ') + 1)),
  );
  return values.flatMap((value) =>
    value.length < 6 ? [] : [value, Buffer.from(value).toString('base64')],
  );
}
