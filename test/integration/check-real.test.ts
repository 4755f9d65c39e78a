import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Verdicts } from '../../scripts/docs/checks.js';
import { AUDITED } from '../servers/audited/index.js';
import type { AuditedServer, Tokens } from '../servers/audited/spawn.js';
import { commandLines, filesHolding, spellingsOf } from '../support/canary.js';
import { makeHome, runOstler } from '../support/ostler.js';

const VERDICTS = JSON.parse(
  readFileSync(new URL('../servers/audited/verdicts.json', import.meta.url), 'utf8'),
) as readonly Verdicts[];

const TOKENS: Tokens = {
  good: 'canary-good-3bd7a1f09c5e42d8b6a1',
  second: 'canary-second-90f2e6c4d81b47a3a5',
  expired: 'canary-expired-77c1d0e5b9f84e62ab',
};
const CANARIES = Object.values(TOKENS).flatMap(spellingsOf);

interface Report {
  control: { ok: boolean; tools?: number } | null;
  results: { id: string; outcome: string; reason: string; evidence: unknown[] }[];
  requests: number;
  /** Those that decide the exit code. */
  failed: string[];
}

let server: AuditedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

function harmlessTool(id: string): string[] {
  return id === 'shell'
    ? ['--tool', 'exec_cmd', '--args', '{"command":"true"}']
    : ['--tool', id === 'mcp-proxy' ? 'echo' : 'add_numbers'].concat(
        '--args',
        id === 'mcp-proxy' ? '{"message":"hi"}' : '{"number1":2,"number2":3}',
      );
}

/** An audit by the built program, with every report and a trace, in a place of its own. */
async function audit(run: Verdicts) {
  server = await AUDITED[run.id]?.(TOKENS);
  if (server === undefined) throw new Error(`there is no server ${run.id}`);
  const home = makeHome();
  const seen: string[] = [];
  const file = (name: string) => path.join(home.dir, name);
  const key = run.id === 'mcp-proxy' ? ['-H', 'X-API-Key: ${TOKEN}'] : ['--token-env', 'TOKEN'];
  const others = [
    ...(run.second ? ['--second-token-env', 'SECOND'] : []),
    ...(run.id.startsWith('sdk') ? ['--expired-token-env', 'EXPIRED'] : []),
  ];
  const reports = ['text', 'junit', 'sarif', 'markdown'].map(
    (name) => `--report=${name}=${file(name)}`,
  );
  let timer: NodeJS.Timeout | undefined;
  const result = await runOstler(
    [
      'check',
      `${server.url}${run.path}`,
      '--json',
      '-v',
      '--rate',
      'unlimited',
      '--max-requests',
      '120',
    ]
      .concat(key, others, reports)
      .concat('--trace', file('trace.ndjson'), harmlessTool(run.id)),
    {
      cwd: home.dir,
      killAfter: 60_000,
      env: {
        TOKEN: TOKENS.good,
        SECOND: TOKENS.second,
        EXPIRED: TOKENS.expired,
        HOME: home.dir,
        TMPDIR: home.dir,
        XDG_CONFIG_HOME: file('config'),
        XDG_STATE_HOME: file('state'),
        XDG_CACHE_HOME: file('cache'),
        XDG_DATA_HOME: file('data'),
      },
      onSpawn: ({ pid = 0 }) => {
        timer = setInterval(() => seen.push(...commandLines(pid)), 200);
      },
    },
  );
  clearInterval(timer);
  const leaks = filesHolding(home.dir, CANARIES);
  // A search that finds nothing must have had something to search.
  const written = filesHolding(home.dir, ['AUTH-14', 'tools/list']);
  home.remove();
  return { ...result, leaks, written, commandLines: seen };
}

describe.each(VERDICTS)('$server at $path', (run) => {
  it('gets the verdicts of the documentation, and no token is left anywhere', async () => {
    const { code, stdout, stderr, leaks, written, commandLines: seen } = await audit(run);
    expect(stdout, stderr).not.toBe('');
    const report = JSON.parse(stdout) as Report;
    const idsOf = (wanted: string) => [
      ...new Set(report.results.filter(({ outcome }) => outcome === wanted).map(({ id }) => id)),
    ];
    expect(report.control?.ok, stderr).toBe(true);
    const reasons = report.results
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
      .map(({ id, outcome, reason }) => `${id} ${outcome}: ${reason}`)
      .join('\n');
    expect({ fail: idsOf('fail'), warn: idsOf('warn') }, reasons).toEqual({
      fail: run.fail,
      warn: run.warn,
    });
    expect(code).toBe(report.failed.length === 0 ? 0 : 9);
    for (const canary of CANARIES) {
      expect(stdout).not.toContain(canary);
      expect(stderr).not.toContain(canary);
      expect(seen.join('\n')).not.toContain(canary);
    }
    expect(leaks).toEqual([]);
    for (const name of ['text', 'junit', 'sarif', 'markdown', 'trace.ndjson']) {
      expect(written.join('\n')).toContain(`/${name}: `);
    }
    expect(seen.join('')).toContain('check');
    // What could not be told is told with its reason; nothing was left out for want of requests.
    const untold = report.results.filter(({ outcome }) => outcome === 'inconclusive');
    for (const { reason } of untold) expect(reason).toMatch(/--[a-z-]+|.{10}/);
    expect(untold.filter(({ reason }) => reason.includes('--max-requests'))).toEqual([]);
  }, 90_000);
});

it('every server of the documentation is there', () => {
  expect(new Set(VERDICTS.map(({ id }) => id))).toEqual(new Set(Object.keys(AUDITED)));
});
