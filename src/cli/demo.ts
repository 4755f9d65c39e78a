import { randomBytes } from 'node:crypto';
import { openSession } from '../app/open.js';
import { loadSettings } from '../config/load.js';
import { resolveTarget } from '../config/target.js';
import { DEFAULTS, type ModelSettings, type Settings } from '../config/types.js';
import { EXIT_CODES, OstlerError, toErrorInfo } from '../core/errors.js';
import type { ResultEvent } from '../core/events.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { deadline } from '../core/wait.js';
import { DEMO_PROMPT } from '../model/demo-script.js';
import { createModel } from '../model/index.js';
import { createSink, type Sink } from '../render/sink.js';
import { renderSteps } from '../render/steps.js';
import { createPaint, wantsColor, type ColorChoice, type Paint } from '../render/style.js';
import { startSampleServer } from '../serve/server.js';
import type { Io } from './io.js';
import { createLifetime } from './lifetime.js';

type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** Name of the scripted model that stands in when there is no Ollama. */
const SCRIPTED: ModelSettings = {
  name: 'script:demo',
  host: '',
  headers: [],
  insecure: false,
  options: {},
};
const OLLAMA_PATIENCE_MS = 3000;

/** The main job from end to end: an authenticated server, a real connection, a prompt, two tool calls. */
export async function runDemo(flags: Flags, io: Io): Promise<number> {
  const lifetime = createLifetime();
  const { signal } = lifetime;
  const stdout = createSink(io.stdout, {
    onClose: () => lifetime.end(new OstlerError('interrupted', 'Interrupted.')),
  });
  const paint = createPaint(
    wantsColor((flags['color'] ?? 'auto') as ColorChoice, stdout.isTerminal, io.env),
  );
  const say = (line = '') => stdout.write(`${line}\n`);
  const token = randomBytes(24).toString('base64url');
  const server = await startSampleServer({
    kind: 'math',
    tokens: [{ name: 'demo', token }],
    signal,
  });
  try {
    await say(paint('bold', '1. A server that wants a token'));
    await say(
      `   ostler serve math listens on ${server.sseUrl} (legacy HTTP+SSE); without the right`,
    );
    await say('   "Authorization: Bearer …" header it answers 401.');
    const base = await loadSettings({
      flags: { ...flags, strictMcpConfig: true, mcpConfig: ['{"mcpServers":{}}'] },
      env: io.env,
      cwd: io.cwd,
      signal,
    });
    const definition = resolveTarget(
      server.sseUrl,
      { header: [`Authorization: Bearer ${token}`], transport: 'sse' },
      io.env,
    );
    await say();
    const model = await chooseModel(base.model, { say, paint, signal });
    const settings: Settings = {
      ...base,
      model,
      servers: [{ ...definition, id: 'math' }],
      approval: { mode: 'auto', allow: [], deny: [] },
    };
    const result = await converse(settings, { stdout, paint, signal, env: io.env });
    if (result.error !== null) return EXIT_CODES[result.error.code];
    await nextSteps(say, paint, model);
    return 0;
  } catch (error) {
    if (stdout.closed) return 0;
    throw error;
  } finally {
    await server.close();
    lifetime.release();
  }
}

interface Talk {
  say: (line?: string) => Promise<void>;
  paint: Paint;
  signal: AbortSignal;
}

/** Ollama when it answers and has the model; else the script, and the reader is told so. */
async function chooseModel(
  settings: ModelSettings,
  { say, paint, signal }: Talk,
): Promise<ModelSettings> {
  await say(paint('bold', '2. A model'));
  const limit = deadline(OLLAMA_PATIENCE_MS, 'Asking Ollama', signal);
  try {
    const info = await createModel(settings).describe(limit.signal);
    if (info.tools) {
      await say(
        `   Ollama at ${toTerminalLine(settings.host)} answers; the model is ${toTerminalLine(info.name)}.`,
      );
      await say();
      return settings;
    }
    await say(`   ${toTerminalLine(info.name)} cannot call tools.`);
  } catch (error) {
    if (signal.aborted) throw error;
    await say(`   ${toTerminalLine(toErrorInfo(error).message)}`);
  } finally {
    limit.clear();
  }
  await say(
    paint(
      'yellow',
      '   So a script plays the model: its words are written down beforehand. The server, the',
    ),
  );
  await say(
    paint('yellow', '   connection, the header, the tool calls and their results are real.'),
  );
  await say();
  return SCRIPTED;
}

async function converse(
  settings: Settings,
  { stdout, paint, signal, env }: Omit<Talk, 'say'> & { stdout: Sink; env: NodeJS.ProcessEnv },
): Promise<ResultEvent> {
  const session = await openSession({ ...settings, requireServers: 'all' }, { signal, env });
  const abort = () => session.abort(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await renderSteps(session.send(DEMO_PROMPT), { stdout, paint, firstStep: 3 });
  } finally {
    signal.removeEventListener('abort', abort);
    await session.close();
  }
}

async function nextSteps(say: Talk['say'], paint: Paint, model: ModelSettings): Promise<void> {
  await say();
  await say(paint('bold', 'Now you:'));
  await say(
    model === SCRIPTED
      ? `  ollama pull ${DEFAULTS.model} && ostler -p "Hello"`
      : `  ostler -p "Hello" -m ${toTerminalLine(model.name)}`,
  );
  await say(
    '  ostler -p "What can you do?" --server https://your.host/sse -H "Authorization: Bearer $TOKEN" --yolo',
  );
}
