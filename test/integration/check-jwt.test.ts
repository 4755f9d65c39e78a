import { createHmac } from 'node:crypto';
import { importJWK, jwtVerify, type JWK, type JWTPayload } from 'jose';
import { describe, expect, test } from 'vitest';
import { waitForExpiry } from '../../src/check/checks/auth/expires-while-open.js';
import { AUTH_CHECKS } from '../../src/check/checks/auth/index.js';
import type { Check } from '../../src/check/audit/types.js';
import type { CheckResult } from '../../src/core/check-events.js';
import { startJwtServer, unverified, type JwtOptions, type JwtServer } from '../servers/jwt.js';
import { audit, type AuditUrl } from '../support/audit.js';

const HOUR = 3600;
const YEAR = 365 * 24 * HOUR;
const now = () => Math.floor(Date.now() / 1000);

interface JwtAudit extends JwtOptions {
  era?: 'sse' | 'sessions';
  /** Of the good token. */
  claims?: JWTPayload;
  only?: readonly string[];
  checks?: AuditUrl['checks'];
  tokens?: (
    server: JwtServer,
  ) => Promise<Partial<Pick<AuditUrl, 'expired' | 'wrongAudience' | 'limited'>>>;
  tool?: AuditUrl['tool'];
}

async function audited({ era = 'sessions', claims, tokens, only, tool, ...rest }: JwtAudit) {
  const { checks = AUTH_CHECKS.filter(({ active }) => !active), ...options } = rest;
  const server = await startJwtServer(options);
  try {
    const { results } = await audit({
      url: era === 'sse' ? server.sseUrl : server.mcpUrl,
      headers: [['Authorization', `Bearer ${await server.token(claims)}`]],
      maxRequests: 500,
      checks,
      active: true,
      ...(only === undefined ? {} : { only }),
      ...(tool === undefined ? {} : { tool }),
      ...(await tokens?.(server)),
    });
    return (id: string): CheckResult => {
      const result = results.get(id);
      if (result === undefined) throw new Error(`no result for ${id}`);
      return result;
    };
  } finally {
    await server.close();
  }
}

const tool = { name: 'add_numbers', arguments: { number1: 1, number2: 2 } };

const given: NonNullable<JwtAudit['tokens']> = async ({ token }) => ({
  expired: await token({ iat: now() - 2 * HOUR, exp: now() - HOUR }),
  wrongAudience: await token({ aud: 'https://other.example' }),
  limited: await token({ scope: 'read' }),
});

describe.each(['sse', 'sessions'] as const)('a right server with JWTs, era %s', (era) => {
  test('passes with all the tokens that can be given', async () => {
    const of = await audited({ era, tokens: given, tool });
    const ids = ['AUTH-03', 'AUTH-14', 'AUTH-18', 'AUTH-19', 'AUTH-20', 'AUTH-21', 'AUTH-22'];
    for (const id of ids) expect(of(id), id).toMatchObject({ outcome: 'pass' });
    expect(of('AUTH-20').reason).toMatch(/HS256 with the public key/);
    expect(of('AUTH-20').reason).toMatch(/Not tried: a wrong issuer/);
    expect(of('AUTH-19').reason).toMatch(/expires in (59|60) minutes/);
  });

  test('fails where it looks at the signature only', async () => {
    const of = await audited({
      era,
      tokens: given,
      tool,
      // What the sample behind it refuses stays refused: the claims are believed, not the signature.
      alsoAccepts: (token) => claimsOfIssuer(token),
    });
    expect(of('AUTH-18')).toMatchObject({ outcome: 'fail' });
    expect(of('AUTH-18').reason).toMatch(/POST with an expired token was answered 20[02]/);
    expect(of('AUTH-21')).toMatchObject({ outcome: 'fail' });
  });
});

/** Tokens with the right header, whatever their times and audience. */
function claimsOfIssuer(token: string): JWTPayload | undefined {
  const parts = unverified(token);
  const own = parts?.header['alg'] === 'RS256' && parts.header['kid'] === 'key-1';
  return own && parts.claims['ostler'] === undefined ? parts.claims : undefined;
}

describe('AUTH-20 fails for one who believes', () => {
  const forgeries: [string, RegExp, NonNullable<JwtOptions['alsoAccepts']>][] = [
    ['alg none', /alg none/, (token) => (algOf(token) === 'none' ? {} : undefined)],
    [
      'any signature',
      /other claims under the old signature/,
      (token) => (unverified(token)?.claims['ostler'] === undefined ? undefined : {}),
    ],
    [
      'the key in the header',
      /a key of our own/,
      async (token) => {
        const jwk = unverified(token)?.header['jwk'];
        if (jwk === undefined) return undefined;
        return (await jwtVerify(token, await importJWK(jwk as JWK, 'RS256'))).payload;
      },
    ],
    ['a secret of examples', /the key "secret"/, (token) => verifyHmac(token, 'secret')],
    [
      'the public key as a secret',
      /the public key as its secret/,
      (token, { publicPem }) => verifyHmac(token, publicPem) ?? verifyHmac(token, `${publicPem}\n`),
    ],
  ];

  test.each(forgeries)('%s', async (_name, says, alsoAccepts) => {
    const of = await audited({ only: ['AUTH-20'], alsoAccepts });
    expect(of('AUTH-20')).toMatchObject({ outcome: 'fail' });
    expect(of('AUTH-20').reason).toMatch(says);
    expect(of('AUTH-20').evidence).toHaveLength(1);
  });
});

const algOf = (token: string) => unverified(token)?.header['alg'];

function verifyHmac(token: string, secret: string): JWTPayload | undefined {
  const at = token.lastIndexOf('.');
  const mac = createHmac('sha256', secret).update(token.slice(0, at)).digest('base64url');
  return algOf(token) === 'HS256' && mac === token.slice(at + 1) ? {} : undefined;
}

describe('AUTH-19 reads the token that was let in', () => {
  test.each([
    ['without exp', { exp: undefined }, 'warn', /without exp/],
    ['for ten years', { exp: now() + 10 * YEAR }, 'warn', /in 3650 days/],
    ['past its exp', { exp: now() - HOUR }, 'fail', /exp is past/],
    ['not yet valid', { nbf: now() + HOUR }, 'fail', /nbf lies in the future/],
  ] as const)('%s', async (_name, claims, outcome, reason) => {
    const of = await audited({
      only: ['AUTH-19'],
      claims: claims as JWTPayload,
      alsoAccepts: (token) => unverified(token)?.claims,
    });
    expect(of('AUTH-19').outcome).toBe(outcome);
    expect(of('AUTH-19').reason).toMatch(reason);
  });
});

describe('what the given tokens tell', () => {
  test('nothing without them', async () => {
    const of = await audited({});
    for (const id of ['AUTH-18', 'AUTH-21', 'AUTH-22']) {
      expect(of(id).outcome, id).toBe('inconclusive');
      expect(of(id).requests).toBe(0);
    }
    expect(of('AUTH-18').reason).toContain('--expired-token-env');
  });

  test('AUTH-21: a good token for nobody in particular', async () => {
    const of = await audited({
      only: ['AUTH-21'],
      claims: { aud: undefined } as unknown as JWTPayload,
      alsoAccepts: (token) => unverified(token)?.claims,
    });
    expect(of('AUTH-21').outcome).toBe('warn');
    expect(of('AUTH-21').reason).toMatch(/names no audience/);
  });

  test('AUTH-22: a scope that nobody looks at', async () => {
    const of = await audited({
      only: ['AUTH-22'],
      tool,
      tokens: async ({ token }) => ({ limited: await token({ scope: 'all' }) }),
    });
    expect(of('AUTH-22')).toMatchObject({ outcome: 'fail' });
    expect(of('AUTH-22').reason).toBe('The limited token called add_numbers.');
  });

  test('AUTH-22: nothing without a tool to call', async () => {
    const of = await audited({ only: ['AUTH-22'], tokens: given });
    expect(of('AUTH-22').outcome).toBe('inconclusive');
    expect(of('AUTH-22').reason).toContain('--tool');
  });
});

describe.concurrent('AUTH-23 waits for the end of a token that is near', () => {
  const own = AUTH_CHECKS.find(({ id }) => id === 'AUTH-23');
  /** The check itself, less patient. */
  const check = {
    ...own,
    run: (audit) =>
      audit.form === undefined
        ? Promise.reject(new Error('no credential'))
        : waitForExpiry(audit, audit.form, { leewayMs: 3_000, everyMs: 500 }),
  } as Check;
  const soon = () => ({ exp: now() + 8 });

  test.each(['sse', 'sessions'] as const)(
    'and sees it refused and its stream ended (%s)',
    async (era) => {
      const of = await audited({ era, checks: [check], claims: soon() });
      expect(of('AUTH-23')).toMatchObject({ outcome: 'pass' });
      expect(of('AUTH-23').reason).toMatch(/the stream it opened has ended|refused/);
    },
  );

  test('and sees it work on', async () => {
    const of = await audited({ era: 'sse', checks: [check], claims: soon(), forgets: true });
    expect(of('AUTH-23')).toMatchObject({ outcome: 'fail' });
    expect(of('AUTH-23').reason).toMatch(/202, 3 s after the token expired/);
  });

  test('and says what to do by hand when it is not near', async () => {
    const of = await audited({ checks: [check] });
    expect(of('AUTH-23').outcome).toBe('inconclusive');
    expect(of('AUTH-23').reason).toMatch(/by hand: keep "ostler listen" open, revoke the token/);
  });
});
