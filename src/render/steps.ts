import type { AgentEvent, ResultEvent, ServerStatus } from '../core/events.js';
import { toTerminal, toTerminalLine } from '../core/terminal-text.js';
import { errorLines } from './notices.js';
import type { Sink } from './sink.js';
import type { Paint } from './style.js';

export interface StepOptions {
  stdout: Sink;
  paint: Paint;
  /** Number of the first step told here. */
  firstStep: number;
}

/** Tells a run step by step as it happens, for somebody who sees one for the first time. */
export async function renderSteps(
  events: AsyncIterable<AgentEvent>,
  { stdout, paint, firstStep }: StepOptions,
): Promise<ResultEvent> {
  let step = firstStep;
  let result: ResultEvent | undefined;
  /** Names of the calls that have no result yet, by id. */
  const running = new Map<string, string>();
  const say = (line: string) => stdout.write(`${line}\n`);
  const heading = async (title: string) => {
    await say(paint('bold', `${step}. ${title}`));
    step += 1;
  };
  for await (const event of events) {
    switch (event.type) {
      case 'init':
        await heading('The connection');
        for (const server of event.servers) await say(`   ${serverLine(server)}`);
        if (event.servers.every(({ status }) => status === 'connected')) {
          await say('   Every request carried the header; without it there is no answer but 401.');
        }
        await say('');
        break;
      case 'message':
        if (event.delta) break;
        await heading(event.role === 'user' ? 'The prompt' : 'The answer');
        for (const line of toTerminal(event.content).split('\n')) await say(`   ${line}`);
        if (event.role === 'user') await say('');
        break;
      case 'tool_use':
        running.set(event.tool_id, toTerminalLine(event.tool_name));
        await heading(`The model calls ${toTerminalLine(event.tool_name)}`);
        await say(`   → ${toTerminalLine(JSON.stringify(event.parameters))}`);
        break;
      case 'tool_result':
        await say(
          `   ← ${running.get(event.tool_id) ?? ''}: ${toTerminalLine(event.output)} ${paint('dim', `(${event.status}, ${event.duration_ms} ms)`)}`,
        );
        running.delete(event.tool_id);
        if (running.size === 0) await say('');
        break;
      case 'error':
        for (const line of errorLines(event, paint)) await say(line);
        break;
      case 'result':
        result = event;
        break;
      default:
        break;
    }
  }
  return result as ResultEvent;
}

function serverLine(server: ServerStatus): string {
  const name = toTerminalLine(server.name);
  if (server.error !== undefined) return `${name}: ${toTerminalLine(server.error.message)}`;
  const version = toTerminalLine(server.protocol_version ?? '');
  return `${name}: connected over ${server.transport ?? ''} (MCP ${version}) in ${server.connect_ms ?? 0} ms, ${server.tools} tools.`;
}
