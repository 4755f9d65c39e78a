import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetSecrets, registerSecret } from '../../../../src/core/redact.js';
import type { HeadersReport, InspectEvent, Rung } from '../../../../src/core/rungs.js';
import { renderDoctor } from '../../../../src/render/inspect/doctor.js';
import { renderInspect } from '../../../../src/render/inspect/text.js';
import { createSink } from '../../../../src/render/sink.js';

afterEach(() => {
  forgetSecrets();
  vi.useRealTimers();
});

const rung = (name: Rung['name'], more: Partial<Rung> = {}): Rung => ({
  type: 'rung',
  server: 'a',
  name,
  status: 'ok',
  text: 'fine',
  details: [],
  ...more,
});
const end = (ok: boolean): InspectEvent => ({
  type: 'inspect_end',
  server: 'a',
  ok,
  ms: 1234,
  error: ok ? null : { code: 'server_unreachable', message: 'gone' },
});

async function* stream(events: readonly InspectEvent[]): AsyncGenerator<InspectEvent> {
  for (const event of events) yield await Promise.resolve(event);
}

function outputs(columns?: number) {
  const out = new PassThrough();
  const err = new PassThrough();
  const chunks = { out: '', err: '' };
  out.on('data', (chunk: Buffer) => (chunks.out += chunk.toString()));
  err.on('data', (chunk: Buffer) => (chunks.err += chunk.toString()));
  const view = {
    stdout: createSink(out),
    stderr: createSink(err),
    color: false,
    columns,
    live: false,
  };
  return { view, chunks };
}

async function draw(events: readonly InspectEvent[], columns?: number): Promise<string> {
  const { view, chunks } = outputs(columns);
  await renderInspect(stream(events), view);
  await view.stdout.flush();
  return chunks.out;
}

const REPORT: HeadersReport = {
  type: 'headers',
  server: 'a',
  channels: [
    {
      channel: 'SSE GET',
      headers: [
        { name: 'Authorization', value: 'Bearer [REDACTED]', from: '--token-env T', warning: 'x' },
        { name: 'Host', value: 'h', from: 'node', note: 'on 1 of 2 requests' },
      ],
    },
    { channel: 'OAuth discovery', headers: [], note: 'none of the configured headers' },
  ],
  warnings: ['Authorization (--token-env T) is odd'],
};

describe('a ladder for a person', () => {
  it('is a line a step, with time, further lines and what to type next', async () => {
    const text = await draw([
      { type: 'rung_start', server: 'a', name: 'tcp' },
      rung('tcp', { text: '127.0.0.1:80 answers', ms: 12.34 }),
      rung('tls', { status: 'failed', text: 'expired', details: ['names: a'], hint: 'renew it' }),
      rung('http', { status: 'skipped', text: 'not reached' }),
      rung('lists', { status: 'skipped', text: 'not reached' }),
      end(false),
    ]);
    expect(text).toBe(
      [
        '✓ tcp           127.0.0.1:80 answers (12 ms)',
        '✗ tls           expired',
        '                names: a',
        '                → renew it',
        '- not reached: http, lists',
        '',
        'a: not ready, 1.2 s',
        '',
      ].join('\n'),
    );
  });

  it('shows the headers of each channel', async () => {
    const text = await draw([rung('config'), REPORT, end(true)]);
    expect(text).toContain('  SSE GET\n    Authorization  Bearer [REDACTED]  --token-env T  !\n');
    expect(text).toContain('    Host           h                  node  (on 1 of 2 requests)\n');
    expect(text).toContain('  OAuth discovery: none of the configured headers\n');
    expect(text).toContain('  ! Authorization (--token-env T) is odd\n');
  });

  it('fits the width of a terminal, and is not cut in a pipe', async () => {
    const long = 'word '.repeat(60).trim();
    const narrow = await draw(
      [rung('config', { text: long, details: [long] }), REPORT, end(true)],
      60,
    );
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(await draw([rung('config', { text: long }), end(true)])).toContain(long);
  });

  it('replaces secrets and writes hostile characters out', async () => {
    registerSecret('canary-secret');
    const text = await draw([
      rung('handshake', { text: 'evil\u001b[2J canary-secret', details: ['x\ny\u202e'] }),
      end(true),
    ]);
    expect(text).toContain(String.raw`evil\x1b[2J [REDACTED]`);
    expect(text).toContain(String.raw`x\ny\u{202e}`);
  });

  it('tells a step that lasts on stderr, and wipes it away', async () => {
    vi.useFakeTimers();
    const { view, chunks } = outputs();
    const slow = async function* (): AsyncGenerator<InspectEvent> {
      yield { type: 'rung_start', server: 'a', name: 'dns' };
      await vi.advanceTimersByTimeAsync(2000);
      yield rung('dns');
      yield { type: 'rung_start', server: 'a', name: 'tcp' };
      yield rung('tcp');
      yield end(true);
    };
    await renderInspect(slow(), { ...view, live: true });
    vi.useRealTimers();
    await view.stderr.flush();
    expect(chunks.err).toBe('\r\u001b[2K… dns\r\u001b[2K');
  });
});

describe('doctor', () => {
  const sections = (events: readonly InspectEvent[]) => [
    { kind: 'machine' as const, title: 'machine', events: stream([rung('node'), end(true)]) },
    { kind: 'server' as const, title: 'one', events: stream(events) },
    { kind: 'disabled' as const, title: 'off' },
  ];
  const well = [
    rung('transport', { text: 'SSE (the path ends in /sse)' }),
    rung('handshake', { text: 'math 1.0, protocol 2025-11-25 (with initialize)' }),
    rung('lists', { text: '2 tools' }),
    end(true),
  ];

  it('is a line for a server that is well', async () => {
    const { view, chunks } = outputs();
    const error = await renderDoctor(sections(well), { ...view, verbose: false });
    await view.stdout.flush();
    expect(error).toBeNull();
    expect(chunks.out).toContain(
      '\nServers\n✓ one: SSE, math 1.0, protocol 2025-11-25, 2 tools, 1.2 s\n',
    );
    expect(chunks.out).toContain('- off: disabled\n');
    expect(chunks.out.endsWith('\nall is well\n')).toBe(true);
  });

  it('tells the step that failed, what to type, and counts', async () => {
    const { view, chunks } = outputs();
    const events = [
      rung('config', { status: 'warning', text: 'here', details: ['goes unencrypted'] }),
      rung('tcp', { status: 'failed', text: 'nothing listens there', hint: 'start it' }),
      end(false),
    ];
    const error = await renderDoctor(sections(events), { ...view, verbose: false });
    await view.stdout.flush();
    expect(error?.code).toBe('server_unreachable');
    expect(chunks.out).toContain('✗ one: tcp: nothing listens there\n    → start it\n');
    expect(chunks.out).toContain('    ! config: here\n      goes unencrypted\n');
    expect(chunks.out).toContain('1 failure, 1 warning\n');
  });
});
