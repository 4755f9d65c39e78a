import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AUDITED } from '../servers/audited/index.js';
import { runOstler } from '../support/ostler.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** What differs from run to run: the session's id and the time. */
function steady(text: string): string {
  return text.replaceAll(/sessionId=\w+…/g, 'sessionId=…').replaceAll(/\d+ ms/g, '0 ms');
}

it('the finding in the README is what an audit of that server prints', async () => {
  const [, finding = ''] =
    /<!-- checked by test\/integration\/check-readme\.test\.ts -->\n```text\n([^`]+)```/.exec(
      README,
    ) ?? [];
  const tokens = { good: 'readme-good-token-1', second: 'readme-second-token-2', expired: 'none' };
  const server = await AUDITED['sdk']?.(tokens);
  if (server === undefined) throw new Error('the server did not start');
  try {
    const flags = ['--token-env', 'TOKEN', '--second-token-env', 'OTHER', '--only', 'SESS-02'];
    const { stdout, code } = await runOstler(
      ['check', `${server.url}/sse`, ...flags, '--rate', 'unlimited'],
      { env: { TOKEN: tokens.good, OTHER: tokens.second } },
    );
    expect(code).toBe(9);
    expect(finding).toContain('SESS-02');
    expect(steady(stdout)).toContain(steady(finding));
  } finally {
    await server.close();
  }
});
