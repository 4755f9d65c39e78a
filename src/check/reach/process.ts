import type { StdioServer } from '../../config/types.js';
import { now } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import type { InspectEvent } from '../../core/rungs.js';
import { createByteTail } from '../../mcp/byte-tail.js';
import type { Connection } from '../../mcp/types.js';
import { tellConfig } from './config-step.js';
import { climb, type Ladder } from './ladder.js';
import { climbOffers, tellHandshake } from './speak.js';
import type { InspectOptions } from './types.js';

const STEPS = ['config', 'process', 'handshake', 'capabilities', 'lists', 'request'] as const;
const STDERR_BYTES = 64 * 1024;
const STDERR_LINES = 5;

/** The ladder of a server that is started as a command. */
export function inspectProcess(
  server: StdioServer,
  options: InspectOptions,
): AsyncGenerator<InspectEvent, void> {
  let connection: Connection | undefined;
  return climb({
    server: server.id,
    names: STEPS,
    signal: options.signal,
    async work(ladder) {
      tellConfig(ladder, server, options.warnings ?? []);
      connection = await start(server, ladder, options);
    },
    async after() {
      await connection?.close();
    },
  });
}

async function start(
  server: StdioServer,
  ladder: Ladder,
  { env }: InspectOptions,
): Promise<Connection> {
  const startedAt = now();
  const oddities: string[] = [];
  const stderr = createByteTail(STDERR_BYTES);
  let pid: number | undefined;
  let firstMs: number | undefined;
  let since = startedAt;
  const tellProcess = () => {
    const lines = stderr.lines(STDERR_LINES);
    const first = firstMs === undefined ? 'nothing on stdout yet' : 'first byte';
    ladder.ok('process', {
      text: `runs${pid === undefined ? '' : `, pid ${pid}`}, ${first}`,
      details: lines.map((line) => `stderr: ${line}`),
      ...(firstMs === undefined ? {} : { ms: firstMs }),
      data: { pid: pid ?? null, stderr_lines: lines.length },
    });
    ladder.start('handshake');
  };
  ladder.start('process');
  const { startServer } = await import('../../mcp/start.js');
  const finish = startServer(server, {
    env,
    onWarning: (message) => oddities.push(message),
    onStderr: (chunk) => stderr.push(chunk),
    onProcess: (process) => ({ pid } = process),
    onFirstByte() {
      firstMs = now() - startedAt;
      tellProcess();
    },
  });
  try {
    const connection = await finish({
      signal: ladder.signal,
      onHandshake(handshake) {
        tellProcess();
        since = now();
        tellHandshake(ladder, handshake, { ms: since - startedAt });
      },
    });
    try {
      await climbOffers(ladder, { server, connection, oddities, since });
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  } catch (error) {
    // A process that runs and says nothing has started; it is the handshake that hangs.
    const hangs = error instanceof OstlerError && error.code !== 'server_failed';
    if (hangs && pid !== undefined) tellProcess();
    throw error;
  }
}
