import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { forgetSecrets, REDACTED, registerHeaderSecret } from '../../../src/core/redact.js';
import { createHider } from '../../../src/core/trace-secrets.js';
import { createTextTrace, MAX_TEXT_CHARS } from '../../../src/core/trace-text.js';
import { createTracer } from '../../../src/core/tracer.js';
import type { TraceRecord } from '../../../src/core/trace.js';

const CANARY = 'canary-7f3a9c21+/=token';

afterEach(forgetSecrets);

describe('what is traced', () => {
  it.each([
    ['https://h/mcp?access_token=abc&x=1', 'https://h/mcp?access_token=[REDACTED]&x=1'],
    ['data: /messages/?session_id=9f8e7d', 'data: /messages/?session_id=[REDACTED]'],
    [
      'grant_type=refresh_token&refresh_token=r1',
      'grant_type=refresh_token&refresh_token=[REDACTED]',
    ],
    [
      '{"access_token": "a\\"b", "expires_in": 3}',
      '{"access_token": "[REDACTED]", "expires_in": 3}',
    ],
    ['{"text":"{\\"apiKey\\":\\"k1\\"}"}', '{"text":"{\\"apiKey\\":\\"[REDACTED]\\"}"}'],
    ['{"client_secret":"cut of', '{"client_secret":"[REDACTED]'],
    ['got Bearer abcdefgh12345678.x', 'got Bearer [REDACTED]'],
    ['http://user:pass@host/', 'http://[REDACTED]@host/'],
  ])('loses what stands where secrets stand: %s', (text, expected) => {
    expect(createHider().text(text)).toBe(expected);
  });

  it.each([
    'Bearer resource_metadata="https://h/.well-known/oauth-protected-resource"',
    'Bearer error="invalid_token", error_description="expired"',
    '{"code":-32601,"progressToken":"p1","nextCursor":"c"}',
    '{"properties":{"token":{"type":"string"}},"required":["token"]}',
    '{"method":"tools/call","params":{"name":"get-key"}}',
    'https://h/mcp?page=2&id=7',
  ])('keeps what is none: %s', (text) => {
    expect(createHider().text(text)).toBe(text);
  });

  it.each([
    ['Authorization', 'Bearer wrong-token', 'Bearer [REDACTED]'],
    ['authorization', 'short', '[REDACTED]'],
    ['X-API-Key', 'k', '[REDACTED]'],
    ['Cookie', 'a=b', '[REDACTED]'],
    ['Set-Cookie', 'sid=1; HttpOnly', '[REDACTED]'],
    ['Mcp-Session-Id', 's', '[REDACTED]'],
    ['Proxy-Authorization', 'Basic eA==', 'Basic [REDACTED]'],
    ['WWW-Authenticate', 'Bearer realm="x"', 'Bearer realm="x"'],
    ['Content-Type', 'text/plain', 'text/plain'],
  ])('writes %s: %s as %s', (name, value, expected) => {
    expect(createHider().header(name, value)).toBe(expected);
  });

  it('loses everywhere what once stood where secrets stand', () => {
    const hider = createHider();
    hider.header('mcp-session-id', '4f1c2b7a-aaaa-bbbb');
    hider.header('set-cookie', 'sid=s3cr3tcookie; HttpOnly');
    expect(hider.text('session 4f1c2b7a-aaaa-bbbb of s3cr3tcookie is open')).toBe(
      'session [REDACTED] of [REDACTED] is open',
    );
  });

  it('takes no time for texts that are made to take it', () => {
    const hider = createHider();
    const begun = Date.now();
    for (const text of [
      '"'.repeat(MAX_TEXT_CHARS),
      `"${'a_'.repeat(MAX_TEXT_CHARS / 2)}`,
      '?a-'.repeat(MAX_TEXT_CHARS / 3),
      '?'.repeat(MAX_TEXT_CHARS),
      `Bearer ${'a.'.repeat(MAX_TEXT_CHARS / 2)}`,
      'Bearer '.repeat(MAX_TEXT_CHARS / 7),
      'eyJ'.repeat(MAX_TEXT_CHARS / 3),
      '://'.repeat(MAX_TEXT_CHARS / 3),
      `://${'a:'.repeat(MAX_TEXT_CHARS / 2)}`,
    ]) {
      hider.text(text);
    }
    expect(Date.now() - begun).toBeLessThan(5000);
  });
});

describe('a text that arrives in pieces', () => {
  const run = (pieces: readonly Buffer[], endless: boolean) => {
    const hider = createHider();
    const written: string[] = [];
    const text = createTextTrace({
      hide: hider.text,
      endless,
      write: (piece) => written.push(piece.text),
    });
    for (const piece of pieces) text.push(piece);
    text.flush();
    return { all: written.join(''), written, text };
  };

  it('hides a secret wherever it is cut, and loses nothing else', () => {
    registerHeaderSecret(`Bearer ${CANARY}`);
    const whole = Buffer.from(
      `event: endpoint\ndata: /m?session_id=abc-def-ghi\n\ndata: é {"a":"${CANARY}"}\r\n\r\nBearer ${CANARY}`,
    );
    const expected = run([whole], true).all;
    expect(expected).not.toContain('canary');
    expect(expected).not.toContain('abc-def');
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 12 }),
        fc.boolean(),
        (cuts, endless) => {
          const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
          const pieces = at.slice(1).map((end, n) => whole.subarray(at[n], end));
          expect(run(pieces, endless).all).toBe(expected);
        },
      ),
    );
  });

  it.each([true, false])(
    'is cut where it is too long, and no secret is cut in two (%s)',
    (endless) => {
      registerHeaderSecret(CANARY);
      for (let shift = 0; shift < CANARY.length; shift += 1) {
        const body = ' '.repeat(MAX_TEXT_CHARS - shift) + CANARY.repeat(3);
        const { all, text } = run([Buffer.from(body)], endless);
        expect(text.truncated).toBe(true);
        expect(all).not.toMatch(/canary/);
        expect(text.size).toBe(body.length);
      }
    },
  );

  it('that never ends loses only the lines that are too long', () => {
    const long = Buffer.from(`data: ${'x'.repeat(2 * MAX_TEXT_CHARS)}\n`);
    const { all, text } = run(
      [long.subarray(0, 1000), long.subarray(1000), Buffer.from('data: y\n')],
      true,
    );
    expect(all.endsWith('data: y\n')).toBe(true);
    expect(all.length).toBeLessThan(MAX_TEXT_CHARS + 100);
    expect(text.truncated).toBe(true);
    const many = Array.from({ length: 600 }, () => Buffer.from(`data: ${'x'.repeat(1000)}\n`));
    expect(run(many, true).text.truncated).toBe(false);
    expect(run(many, false).text.truncated).toBe(true);
  });
});

describe('a tracer', () => {
  const start = () => {
    const records: TraceRecord[] = [];
    return { records, tracer: createTracer((record) => records.push(record)) };
  };

  it('pairs what belongs together, and ends everything once', () => {
    const { records, tracer } = start();
    const one = tracer.http({ method: 'GET', url: 'http://h/', headers: [] });
    const two = tracer.http({ method: 'POST', url: 'http://h/', headers: [], body: '{"a":1}' });
    one.response({ status: 200, statusText: 'OK', headers: [] });
    two.fail(new Error('broken'));
    two.end();
    one.chunk(Buffer.from('half a li'));
    tracer.flush();
    one.chunk(Buffer.from('ne'));
    one.end();
    expect(records.map(({ id, type }) => `${id} ${type}`)).toEqual([
      '1 request',
      '2 request',
      '1 response',
      '2 error',
      '1 body',
      '1 end',
    ]);
    expect(records.at(-1)).toMatchObject({ size: 9, cut: true });
  });

  it('writes a process without the secrets of its arguments', () => {
    const { records, tracer } = start();
    const trace = tracer.stdio({
      server: 's',
      command: 'node',
      args: ['x.js', '--token', 'abc', '--api-key=def', '--verbose', '--port', '1'],
    });
    trace.stderr(Buffer.from('half'));
    trace.stdout(`{"big":"${'x'.repeat(MAX_TEXT_CHARS)}"}`);
    trace.exit('exited with code 1');
    trace.exit('again');
    expect(records[0]).toMatchObject({
      args: ['x.js', '--token', REDACTED, `--api-key=${REDACTED}`, '--verbose', '--port', '1'],
    });
    expect(records.map(({ type }) => type)).toEqual(['start', 'stdout', 'stderr', 'exit']);
    expect(records[1]).toMatchObject({ truncated: true, size: MAX_TEXT_CHARS + 10 });
  });
});
