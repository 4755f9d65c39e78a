import { toJsonLine } from '../../core/output-json.js';
import { redactValue } from '../../core/redact.js';
import type { ErrorInfo } from '../../core/errors.js';
import type { HeadersReport, InspectEvent, Rung } from '../../core/rungs.js';
import type { Sink } from '../sink.js';
import type { InspectEnd } from './text.js';

/** One ladder as one document. */
export interface InspectDocument {
  server: string;
  ok: boolean;
  rungs: readonly Omit<Rung, 'type' | 'server'>[];
  /** Null for a server that is started as a command. */
  headers: Omit<HeadersReport, 'type' | 'server'> | null;
  error: ErrorInfo | null;
  ms: number;
}

export async function collectInspect(
  events: AsyncIterable<InspectEvent>,
): Promise<{ document: InspectDocument; end: InspectEnd }> {
  const rungs: Omit<Rung, 'type' | 'server'>[] = [];
  let headers: InspectDocument['headers'] = null;
  let end: InspectEnd | undefined;
  for await (const event of events) {
    switch (event.type) {
      case 'rung': {
        const { type: _, server: __, ...rung } = event;
        rungs.push(rung);
        break;
      }
      case 'headers': {
        const { type: _, server: __, ...report } = event;
        headers = report;
        break;
      }
      case 'inspect_end':
        end = event;
        break;
      case 'rung_start':
        break;
    }
  }
  if (end === undefined) throw new Error('the ladder ends with inspect_end');
  const { server, ok, error, ms } = end;
  return { document: { server, ok, rungs, headers, error, ms }, end };
}

/** The same as one line of JSON. */
export async function renderInspectJson(
  events: AsyncIterable<InspectEvent>,
  stdout: Sink,
): Promise<InspectEnd> {
  const { document, end } = await collectInspect(events);
  await stdout.write(`${toJsonLine(redactValue(document))}\n`);
  return end;
}
