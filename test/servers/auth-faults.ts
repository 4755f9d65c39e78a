import type { CheckEra } from '../../src/core/check-events.js';
import {
  auth,
  letIn,
  pathOf,
  isPost,
  stranger,
  opens,
  answers,
  TOKEN,
  GOOD,
} from '../support/faulty.js';
import { bodyOf, valueOf, valuesOf, type RewritingOptions } from './rewriting-proxy.js';

/** One thing that is wrong with a server, and what it makes fail. */
export interface Fault {
  name: string;
  eras: readonly CheckEra[];
  /** All that fail because of it. */
  fails: readonly string[];
  says?: RegExp;
  fault: Omit<RewritingOptions, 'upstream'>;
  thorough?: boolean;
}

const ALL: readonly CheckEra[] = ['sse', 'sessions', 'stateless'];

/** Each AUTH check has at least one. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'no guard on the stream',
    eras: ['sse'],
    fails: ['AUTH-01'],
    says: /GET without credentials was answered 200 with an event stream/,
    fault: opens(
      (request) => stranger(request) && request.method === 'GET' && request.path === '/sse',
    ),
  },
  {
    name: 'no guard on the message endpoint',
    eras: ['sse'],
    fails: ['AUTH-02', 'AUTH-07'],
    says: /was answered 202, and its answer came out of the watched stream/,
    fault: opens((request) => stranger(request) && isPost(request)),
  },
  {
    name: 'any token will do for messages',
    eras: ALL,
    fails: ['AUTH-03', 'AUTH-12', 'AUTH-14', 'AUTH-24', 'AUTH-25'],
    says: /POST with a wrong token was answered 20[02]/,
    fault: opens(
      (request) =>
        isPost(request) &&
        valuesOf(request, 'authorization').length === 1 &&
        /^Bearer \S+$/.test(auth(request) ?? ''),
    ),
  },
  {
    name: 'any token will do for the stream',
    eras: ['sse', 'sessions'],
    fails: ['AUTH-04'],
    fault: opens((request) => request.method === 'GET' && !stranger(request)),
  },
  {
    name: 'the guard stands before initialize only',
    eras: ['sessions'],
    fails: ['AUTH-05', 'AUTH-07'],
    says: /tools\/list: .* 200 with a result.*tools\/call/i,
    fault: opens(
      (request) =>
        stranger(request) && isPost(request) && bodyOf(request)?.['method'] !== 'initialize',
    ),
  },
  {
    name: 'no guard before tools/call',
    eras: ['sessions', 'stateless'],
    fails: ['AUTH-05'],
    says: /^Tools\/call without credentials was answered (200|404)/i,
    fault: opens((request) => stranger(request) && bodyOf(request)?.['method'] === 'tools/call'),
  },
  {
    name: 'no guard before server/discover',
    eras: ['stateless'],
    fails: ['AUTH-05'],
    fault: opens(
      (request) => stranger(request) && bodyOf(request)?.['method'] === 'server/discover',
    ),
  },
  {
    name: "a session's stream is read by who knows its id",
    eras: ['sessions'],
    fails: ['AUTH-06'],
    fault: opens((request) => stranger(request) && request.method === 'GET'),
  },
  {
    name: 'a session is ended by who knows its id',
    eras: ['sessions'],
    fails: ['AUTH-06'],
    says: /the session is dead/,
    fault: opens((request) => stranger(request) && request.method === 'DELETE'),
  },
  {
    name: 'messages without an id pass the guard',
    eras: ALL,
    fails: ['AUTH-07'],
    says: /POST of a notification without credentials was answered 20/,
    fault: opens(
      (request) => stranger(request) && isPost(request) && bodyOf(request)?.['id'] === undefined,
    ),
  },
  {
    name: 'responses pass the guard',
    eras: ['sse', 'sessions'],
    fails: ['AUTH-07'],
    says: /POST of a response/,
    thorough: true,
    fault: opens((request) => stranger(request) && bodyOf(request)?.['result'] !== undefined),
  },
  {
    name: 'PUT is taken for POST before the guard',
    eras: ALL,
    fails: ['AUTH-08'],
    fault: {
      request(request) {
        if (request.method !== 'PUT') return;
        request.method = 'POST';
        letIn(request);
      },
    },
  },
  {
    name: 'HEAD is answered before the guard',
    eras: ALL,
    thorough: true,
    fails: ['AUTH-08'],
    fault: answers((request) => request.method === 'HEAD', { status: 200 }),
  },
  {
    name: 'the guard does not know the slash at the end',
    eras: ALL,
    fails: ['AUTH-09'],
    fault: {
      request(request) {
        if (!pathOf(request).endsWith('/') || !stranger(request)) return;
        request.path = request.path.replace(/\/(?=\?|$)/, '');
        letIn(request);
      },
    },
  },
  {
    name: 'the guard does not know capitals',
    eras: ALL,
    fails: ['AUTH-09'],
    thorough: true,
    fault: {
      request(request) {
        if (!/^\/[A-Z]+$/.test(pathOf(request))) return;
        request.path = request.path.replace(/^\/[A-Z]+/, (path) => path.toLowerCase());
        letIn(request);
      },
    },
  },
  {
    name: 'who comes from 127.0.0.1 comes in',
    eras: ALL,
    fails: ['AUTH-10'],
    says: /^POST without credentials but with X-Forwarded-For: 127\.0\.0\.1 was answered 20[02][^;]*$/,
    fault: opens(
      (request) => stranger(request) && valueOf(request, 'x-forwarded-for') === '127.0.0.1',
    ),
  },
  {
    name: 'the router believes X-Original-URL after the guard',
    eras: ALL,
    fails: ['AUTH-10'],
    thorough: true,
    fault: {
      request(request) {
        const target = valueOf(request, 'x-original-url');
        if (target === undefined) return;
        request.path = target;
        letIn(request);
      },
    },
  },
  {
    name: 'an empty Bearer equals a token that is not set',
    eras: ALL,
    fails: ['AUTH-12'],
    says: /an empty "Bearer"/,
    fault: opens((request) => auth(request) === 'Bearer'),
  },
  {
    name: 'the scheme is not looked at',
    eras: ALL,
    fails: ['AUTH-12'],
    says: /the bare token/,
    fault: opens((request) => auth(request) === TOKEN),
  },
  {
    name: 'the first of two headers counts',
    eras: ALL,
    fails: ['AUTH-13'],
    says: /two Authorization headers, the good one first/,
    fault: opens(
      (request) => valuesOf(request, 'authorization').length > 1 && auth(request) === GOOD,
    ),
  },
  {
    name: 'what stands behind the token is not looked at',
    eras: ALL,
    fails: ['AUTH-13'],
    says: /a word behind it/,
    fault: opens((request) => auth(request)?.startsWith(`${GOOD} `) === true),
  },
  {
    name: 'the beginning of the token is enough',
    eras: ALL,
    fails: ['AUTH-14'],
    says: /without its last character/,
    fault: opens((request) => auth(request) === GOOD.slice(0, -1)),
  },
  {
    name: 'capitals in the token do not matter',
    eras: ALL,
    fails: ['AUTH-14'],
    says: /in another case/,
    thorough: true,
    fault: opens((request) => auth(request) === `Bearer ${TOKEN.toUpperCase()}`),
  },
  {
    name: 'the token may stand in the query',
    eras: ALL,
    fails: ['AUTH-15'],
    says: /as \?token= was answered 20[02]/,
    fault: opens(
      (request) =>
        stranger(request) && new URLSearchParams(request.path.split('?')[1]).get('token') === TOKEN,
    ),
  },
  {
    name: 'the token may stand in the query of the stream',
    eras: ['sse'],
    fails: ['AUTH-15'],
    says: /^GET with the good token as \?access_token= was answered 200 with an event stream/,
    fault: opens(
      (request) =>
        stranger(request) &&
        request.method === 'GET' &&
        request.path.includes(`?access_token=${TOKEN}`),
    ),
  },
  {
    name: 'the token may stand in a form',
    eras: ['sessions'],
    fails: ['AUTH-15'],
    says: /in a form/,
    thorough: true,
    fault: {
      request(request) {
        if (!request.body.toString('utf8').startsWith('access_token=')) return;
        return { status: 202 };
      },
    },
  },
  {
    name: 'the token may stand in a cookie',
    eras: ALL,
    fails: ['AUTH-16'],
    says: /in Cookie only/,
    fault: opens(
      (request) => stranger(request) && valueOf(request, 'cookie')?.includes(TOKEN) === true,
    ),
  },
  {
    name: 'the token in the query goes before the one in the header',
    eras: ALL,
    fails: ['AUTH-17'],
    fault: answers((request) => !stranger(request) && /[?&]access_token=/.test(request.path), {
      status: 401,
    }),
  },
  {
    name: 'a long token breaks it',
    eras: ALL,
    fails: ['AUTH-24'],
    says: /500, an error of the server/,
    fault: answers((request) => (auth(request)?.length ?? 0) > 8_000, { status: 500 }),
  },
  {
    name: 'the token of the example still works',
    eras: ALL,
    fails: ['AUTH-25'],
    fault: opens((request) => auth(request) === 'Bearer test'),
  },
];
