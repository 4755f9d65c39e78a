import os from 'node:os';
import { configFailure } from '../check/reach/config-step.js';
import { eager } from '../check/reach/eager.js';
import { inspectServer } from '../check/reach/inspect.js';
import { inspectMachine, type MachineFacts } from '../check/reach/machine.js';
import { inspectOllama } from '../check/reach/ollama.js';
import { formatOrigin } from '../config/problems.js';
import { OstlerError } from '../core/errors.js';
import type { InspectEvent } from '../core/rungs.js';
import type { Sink } from '../render/sink.js';
import { wantsColor, type ColorChoice } from '../render/style.js';
import { createSink } from '../render/sink.js';
import type { DoctorSection } from '../render/inspect/doctor.js';
import type { Flags } from './commands/command.js';
import { findConfig, type FoundConfig, type FoundEntry } from './doctor-servers.js';
import { finish, viewOf } from './inspect.js';
import type { Io } from './io.js';
import { runCommand } from './look/run.js';

/** For each answer of Ollama, milliseconds. */
const OLLAMA_MS = 10_000;

/** `ostler doctor`: the machine, every configured server, the model. The exit code is that of the first failure. */
export function runDoctor({ flags, io }: { flags: Flags; io: Io }): Promise<number> {
  return runCommand({ flags, io }, async ({ signal, stdout, json }) => {
    const found = await tryFindConfig(flags, io, signal);
    const sections = sectionsOf(found, { flags, io, signal });
    if (json) {
      const { renderDoctorJson } = await import('../render/inspect/doctor-json.js');
      const error = await renderDoctorJson(sections, stdout);
      return finish(error, createSink(io.stderr), true);
    }
    const error = await renderText(sections, { flags, io, stdout });
    return finish(error, createSink(io.stderr), false);
  });
}

async function renderText(
  sections: readonly DoctorSection[],
  { flags, io, stdout }: { flags: Flags; io: Io; stdout: Sink },
) {
  const { renderDoctor } = await import('../render/inspect/doctor.js');
  const stderr = createSink(io.stderr);
  const verbose = flags['verbose'] === true || flags['verbose'] === '1';
  return renderDoctor(sections, { ...viewOf({ flags, io, stdout, stderr }), verbose });
}

type Found = { ok: true; config: FoundConfig } | { ok: false; error: OstlerError };

async function tryFindConfig(flags: Flags, io: Io, signal: AbortSignal): Promise<Found> {
  try {
    return { ok: true, config: await findConfig(flags, { env: io.env, cwd: io.cwd, signal }) };
  } catch (error) {
    if (error instanceof OstlerError && error.code === 'config_invalid')
      return { ok: false, error };
    throw error;
  }
}

interface Run {
  flags: Flags;
  io: Io;
  signal: AbortSignal;
}

/** All of it at once, side by side; each section is read in its turn. */
function sectionsOf(found: Found, run: Run): DoctorSection[] {
  const { io, signal } = run;
  const entries = found.ok ? found.config.servers : [];
  const active = entries.filter((entry) => !('server' in entry && entry.server.disabled));
  const servers = active.map((entry) => ({
    title: entry.id,
    events: eager(eventsOf(entry, run)),
  }));
  const off = entries.filter((entry) => 'server' in entry && entry.server.disabled);
  const ollama = found.ok
    ? [
        {
          kind: 'ollama' as const,
          title: 'ollama',
          events: eager(ollamaOf(found.config, run, servers)),
        },
      ]
    : [];
  return [
    {
      kind: 'machine',
      title: 'machine',
      events: eager(inspectMachine(machineFacts(found, { io, signal, flags: run.flags }))),
    },
    ...servers.map((section) => ({ kind: 'server' as const, ...section })),
    ...off.map(({ id }) => ({ kind: 'disabled' as const, title: id })),
    ...ollama,
  ];
}

function eventsOf(entry: FoundEntry, { io, signal }: Run): AsyncGenerator<InspectEvent, void> {
  if ('error' in entry) return configFailure(entry.id, entry.error);
  return inspectServer(entry.server, { env: io.env, signal, warnings: entry.warnings });
}

function ollamaOf(
  { loaded }: FoundConfig,
  { signal }: Run,
  servers: readonly { events: { all: Promise<readonly InspectEvent[]> } }[],
) {
  const { settings, origins } = loaded;
  const origin = origins.get('host');
  return inspectOllama(settings.model, {
    signal,
    hostFrom: origin === undefined ? 'the default' : formatOrigin(origin),
    toolTokens: toolTokens(servers),
    totalMemory: os.totalmem(),
    limitMs: OLLAMA_MS,
  });
}

/** What the tools of all servers that answered would take, when all of them are known. */
async function toolTokens(
  servers: readonly { events: { all: Promise<readonly InspectEvent[]> } }[],
): Promise<number> {
  const ladders = await Promise.all(servers.map(({ events }) => events.all));
  return ladders.flat().reduce((sum, event) => {
    const tokens =
      event.type === 'rung' && event.name === 'lists' ? event.data?.['tool_tokens'] : 0;
    return sum + (typeof tokens === 'number' ? tokens : 0);
  }, 0);
}

function machineFacts(found: Found, { io, signal, flags }: Run): MachineFacts {
  const { stdout, env, cwd } = io;
  const choice = (flags['color'] ?? 'auto') as ColorChoice;
  return {
    node: {
      version: process.versions.node,
      platform: process.platform,
      arch: process.arch,
      cpus: os.availableParallelism(),
      totalMemory: os.totalmem(),
      freeMemory: os.freemem(),
    },
    config: found.ok
      ? {
          ok: true,
          files: found.config.loaded.files,
          servers: found.config.servers.length,
          warnings: found.config.warnings.filter((text) => !text.includes('is not trusted')),
        }
      : { ok: false, error: found.error },
    terminal: {
      isTerminal: stdout.isTTY === true,
      columns: stdout.columns ?? 0,
      rows: 'rows' in stdout && typeof stdout.rows === 'number' ? stdout.rows : 0,
      colors: wantsColor(choice, stdout.isTTY === true, env),
    },
    env,
    cwd,
    signal,
  };
}
