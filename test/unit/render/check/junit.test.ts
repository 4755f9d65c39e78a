import { expect, it } from 'vitest';
import { toJunitReport } from '../../../../src/render/check/junit.js';
import { checked, failedControl, reportOf } from './fixtures.js';

const options = { failOn: 'medium', strict: false, version: '1.2.3' } as const;

/** The elements of a document in order; throws when it is not well-formed. */
function elements(xml: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  for (const [, text = '', close, name = '', raw = '', empty] of body.matchAll(
    /([^<]*)<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>/g,
  )) {
    expect(text.replaceAll(/&(?:amp|lt|gt|quot);/g, '')).not.toContain('&');
    if (close === '/') expect(open.pop()).toBe(name);
    else {
      const pairs = [...raw.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        value,
      ]);
      found.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
      if (empty !== '/') open.push(name);
    }
  }
  expect(open).toEqual([]);
  const rest = body.replaceAll(/([^<]*)<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>/g, '');
  expect(rest.trim()).toBe('');
  return found;
}

it('has a suite for each group, failures, and what was skipped with its reason', async () => {
  const found = elements(toJunitReport(await reportOf(), options));
  expect(found[0]?.attributes).toMatchObject({
    tests: '7',
    failures: '2',
    errors: '0',
    skipped: '2',
  });
  const suites = found.filter(({ name }) => name === 'testsuite');
  expect(suites.map(({ attributes }) => attributes['name'])).toEqual([
    'Control',
    'Authentication',
    'Challenges and metadata',
    'Sessions',
    'Network',
  ]);
  const told = found.filter(({ name }) => ['failure', 'skipped', 'error'].includes(name));
  expect(told.map(({ name, attributes }) => `${name}: ${attributes['message']}`)).toEqual([
    'failure: 200 to a token with junk behind it.',
    'failure: The answer to a stranger went into the stream.',
    'skipped: inconclusive: Needs --second-token-env.',
    'skipped: not applicable: No TLS.',
  ]);
});

it('makes an error of what could not be run when that counts', async () => {
  const found = elements(toJunitReport(await reportOf(), { ...options, strict: true }));
  expect(found[0]?.attributes).toMatchObject({ errors: '1', skipped: '1' });
});

it('makes an error of a control that failed', async () => {
  const found = elements(toJunitReport(await failedControl(), options));
  const error = found.find(({ name }) => name === 'error');
  expect(error?.attributes).toMatchObject({
    type: 'auth_rejected',
    message: 'math answered 401 to the credentials.',
  });
});

it('escapes what would be markup, and what XML cannot hold', async () => {
  const reason = 'a\u0000b]]><failure message="x">&\ufffe"\u001b[2J';
  const xml = toJunitReport(
    await reportOf([checked({ id: 'AUTH-01', outcome: 'fail', reason })]),
    options,
  );
  const failures = elements(xml).filter(({ name }) => name === 'failure');
  expect(failures.map(({ attributes }) => attributes['message'])).toEqual([
    String.raw`a\x00b]]&gt;&lt;failure message=&quot;x&quot;&gt;&amp;\u{fffe}&quot;\x1b[2J`,
  ]);
});
