import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTraceFile } from '../../../src/cli/trace-file.js';
import { tracer } from '../../../src/core/trace.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ostler-trace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a trace ends at its largest size and says so, in the file and to the person', () => {
  const file = path.join(folder, 'wire.ndjson');
  const trace = openTraceFile(file, 1024 * 1024);
  for (let n = 0; n < 100; n += 1) {
    const body = 'x'.repeat(50_000);
    tracer()?.http({ method: 'POST', url: 'http://h/', headers: [], body });
  }
  expect(trace.close()).toContain('has reached 1 MiB');
  expect(statSync(file).size).toBeLessThan(1024 * 1024 + 200);
  const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ type: 'limit' });
});

it('nothing is traced any more when it is closed', () => {
  const trace = openTraceFile(path.join(folder, 'wire.ndjson'));
  expect(tracer()).toBeDefined();
  expect(trace.close()).toBeUndefined();
  expect(tracer()).toBeUndefined();
  expect(trace.close()).toBeUndefined();
});
