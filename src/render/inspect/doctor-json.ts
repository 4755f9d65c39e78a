import type { ErrorInfo } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import { redactValue } from '../../core/redact.js';
import type { Sink } from '../sink.js';
import type { DoctorSection } from './doctor.js';
import { collectInspect, type InspectDocument } from './json.js';

/** All ladders as one document, in one line. Returns the first failure. */
export async function renderDoctorJson(
  sections: readonly DoctorSection[],
  stdout: Sink,
): Promise<ErrorInfo | null> {
  const found: { kind: DoctorSection['kind']; document: InspectDocument }[] = [];
  const disabled: string[] = [];
  for (const section of sections) {
    if (section.kind === 'disabled') disabled.push(section.title);
    else {
      const { document } = await collectInspect(section.events);
      found.push({ kind: section.kind, document });
    }
  }
  const of = (kind: DoctorSection['kind']) =>
    found.filter((one) => one.kind === kind).map(({ document }) => document);
  const error = found.map(({ document }) => document.error).find((each) => each !== null) ?? null;
  const document = {
    ok: error === null,
    error,
    machine: of('machine')[0] ?? null,
    servers: of('server'),
    disabled,
    ollama: of('ollama')[0] ?? null,
  };
  await stdout.write(`${toJsonLine(redactValue(document))}\n`);
  return error;
}
