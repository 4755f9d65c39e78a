import { canonicalJson } from '../../core/canonical-json.js';
import { coerceArguments } from '../../agent/coerce.js';
import { isDestructive, pinOf } from '../../agent/rules.js';
import type { PendingCall, Verdict } from '../../agent/types.js';
import { validateArguments } from '../../agent/validate.js';
import type { ApprovalAnswer, ApprovalRequest } from '../../core/chat.js';
import type { JsonObject } from '../../core/json.js';
import { toModelText } from '../../core/terminal-text.js';
import { present, type ApproverParts, type CurrentTool } from './approval-parts.js';

/**
 * Asks a person until there is an answer that can be acted on: arguments that do not fit the tool
 * are handed back with the problem, and a tool that changed while it was looked at is shown again.
 */
export async function askPerson(
  call: PendingCall,
  parts: ApproverParts,
  signal: AbortSignal,
): Promise<Verdict> {
  const { server, name } = call.tool;
  let current = present(parts, server, name);
  let { changed } = await parts.book.find(current.subject);
  let edit: { args: JsonObject; problem?: string } = { args: call.args };
  for (;;) {
    const answer = await parts.ask({ ...toRequest(call, current, changed), ...edit }, signal);
    const now = present(parts, server, name);
    if (now.subject.pin !== current.subject.pin) {
      current = now;
      changed = true;
      continue;
    }
    if (answer.kind === 'deny' || answer.kind === 'stop') return refuse(answer);
    const wanted = (answer.kind === 'once' ? answer.args : undefined) ?? edit.args;
    const { args, problem } = await fit(wanted, call, current);
    if (problem === undefined) {
      await keepRule(answer.kind, current, parts);
      return allow(args, call);
    }
    edit = { args: wanted, problem };
  }
}

/** Arguments of a person are made to fit and checked as the model's own are. */
async function fit(
  wanted: JsonObject,
  call: PendingCall,
  { tool: { inputSchema } }: CurrentTool,
): Promise<{ args: JsonObject; problem?: string }> {
  if (wanted === call.args) return { args: wanted };
  const args = coerceArguments(wanted, inputSchema);
  const problems = await validateArguments(args, inputSchema);
  return problems.length === 0 ? { args } : { args, problem: problems.join('; ') };
}

function toRequest(
  { id, args }: PendingCall,
  { tool, subject }: CurrentTool,
  changed: boolean,
): ApprovalRequest {
  const { title, description, inputSchema, annotations } = tool;
  return {
    toolId: id,
    server: subject.server,
    tool: tool.name,
    ...(title === undefined ? {} : { title }),
    // What the model reads is what the person judges.
    description: toModelText(description ?? title ?? ''),
    args,
    inputSchema,
    ...(annotations === undefined ? {} : { annotations }),
    changed,
    mayAlways: !isDestructive(tool),
  };
}

function refuse(answer: Extract<ApprovalAnswer, { kind: 'deny' | 'stop' }>): Verdict {
  if (answer.kind === 'stop') return { decision: 'deny', source: 'user', stop: true };
  const reason = answer.reason?.trim() ?? '';
  return { decision: 'deny', source: 'user', ...(reason === '' ? {} : { reason }) };
}

/** Writes down what the answer says about later calls. */
async function keepRule(
  kind: ApprovalAnswer['kind'],
  { subject, connection, tool }: CurrentTool,
  { book, onWarning }: ApproverParts,
): Promise<void> {
  const { server, identity, pin } = subject;
  const only = { server, identity, pins: new Map([[tool.name, pin]]), all: false };
  if (kind === 'server-session') {
    const pins = new Map(connection.tools.map((each) => [each.name, pinOf(each)]));
    book.addSession({ server, identity, pins, all: true });
  } else if (kind === 'tool-session' || (kind === 'tool-always' && subject.destructive)) {
    book.addSession(only);
  } else if (kind === 'tool-always') {
    try {
      await book.addAlways(subject);
    } catch (error) {
      book.addSession(only);
      onWarning(error);
    }
  }
}

function allow(args: JsonObject, call: PendingCall): Verdict {
  const same = canonicalJson(args) === canonicalJson(call.args);
  return { decision: 'allow', source: 'user', ...(same ? {} : { args }) };
}
