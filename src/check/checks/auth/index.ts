import type { Check } from '../../audit/types.js';
import { alteredToken } from './altered-token.js';
import { everyMessage } from './every-message.js';
import { expiresWhileOpen } from './expires-while-open.js';
import { expiredToken, wrongAudience } from './given-tokens.js';
import { guessLimit } from './guess-limit.js';
import { httpMethods } from './http-methods.js';
import { jwtForgery } from './jwt-forgery.js';
import { jwtTimes } from './jwt-times.js';
import { malformed } from './malformed.js';
import { messageWithoutCredentials, streamWithoutCredentials } from './no-credentials.js';
import { oddTokens } from './odd-tokens.js';
import { oneWayMessages } from './one-way-messages.js';
import { overrideHeaders } from './override-headers.js';
import { pathVariants } from './path-variants.js';
import { queryBesideHeader } from './query-beside-header.js';
import { schemeCase } from './scheme-case.js';
import { sessionMethods } from './session-methods.js';
import { smallScope } from './small-scope.js';
import { timing } from './timing.js';
import { tokenInOtherHeader, tokenInQuery } from './token-elsewhere.js';
import { twoCredentials } from './two-credentials.js';
import { weakTokens } from './weak-tokens.js';
import { messageWithWrongToken, streamWithWrongToken } from './wrong-token.js';

/** Who is let in: AUTH-01 to AUTH-27, in the catalogue's order. */
export const AUTH_CHECKS: readonly Check[] = [
  streamWithoutCredentials,
  messageWithoutCredentials,
  messageWithWrongToken,
  streamWithWrongToken,
  everyMessage,
  sessionMethods,
  oneWayMessages,
  httpMethods,
  pathVariants,
  overrideHeaders,
  schemeCase,
  malformed,
  twoCredentials,
  alteredToken,
  tokenInQuery,
  tokenInOtherHeader,
  queryBesideHeader,
  expiredToken,
  jwtTimes,
  jwtForgery,
  wrongAudience,
  smallScope,
  expiresWhileOpen,
  oddTokens,
  weakTokens,
  guessLimit,
  timing,
];
