import { isRecord, type JsonObject } from '../../../core/json.js';
import type { Audit } from '../../audit/types.js';
import { type Judged, unjudgeable } from '../judged.js';
import { newMarker, rawPost, rightRequest } from '../raw-post.js';
import { callNamed, leaksIn } from './call-named.js';

/** The argument of a listed tool that takes a command; undefined for a tool of another kind. */
export function commandArgument({ control }: Audit, name: string): string | undefined {
  const tool = control.tools.find((listed) => listed['name'] === name);
  const schema = tool?.['inputSchema'];
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  if (!isRecord(properties)) return undefined;
  return Object.keys(properties).find((key) => /^(?:command|cmd|command_?line|script)$/i.test(key));
}

interface Named {
  name: string;
  arguments: JsonObject;
}

/** What can be told from outside: metacharacters are such a tool's purpose. */
export async function judgeShell(
  audit: Audit,
  tool: Named,
  argument: string,
): Promise<readonly Judged[]> {
  const withCommand = (command: string) => ({ ...tool.arguments, [argument]: command });
  const environment = await judgeEnvironment(audit, tool, withCommand('env'));
  const output = await judgeOutput(audit, tool, withCommand(`yes ostler | head -c ${MUCH}`));
  const time = await judgeTime(audit, tool, withCommand(`sleep ${LONG_MS / 1_000 + 5}`));
  return [environment, output, time];
}

async function judgeEnvironment(audit: Audit, tool: Named, args: JsonObject): Promise<Judged> {
  const what = `a call of ${tool.name} that prints its environment`;
  const { answer, response, text } = await callNamed(audit, tool, { what, arguments: args });
  // The environment itself is what was asked for.
  const leaks = leaksIn(text, audit).filter((leak) => leak !== 'the environment');
  if (leaks.length > 0) {
    return { verdict: 'wrong', note: `a command sees ${leaks.join(' and ')}`, answer };
  }
  if (response !== undefined) return { verdict: 'right', note: '', answer };
  return unjudgeable(answer) ?? { verdict: 'unknown', note: `${what} got no response`, answer };
}

/** Bytes that are written, and that are too many to pass on. */
const MUCH = 3_000_000;
const TOO_MUCH = 2_000_000;

async function judgeOutput(audit: Audit, tool: Named, args: JsonObject): Promise<Judged> {
  const what = `a call of ${tool.name} that writes 3 MB`;
  const { answer, bytes } = await measure(audit, { tool, args, what });
  if (bytes > TOO_MUCH) {
    return { verdict: 'doubtful', note: `${tool.name} passes on all of 3 MB of output`, answer };
  }
  const unknown: Judged = { verdict: 'unknown', note: `${what} got no response`, answer };
  return bytes > 0 ? { verdict: 'right', note: '', answer } : (unjudgeable(answer) ?? unknown);
}

async function measure(
  audit: Audit,
  { tool, args, what }: { tool: Named; args: JsonObject; what: string },
) {
  if (audit.era === 'sse') {
    const { answer, text } = await callNamed(audit, tool, { what, arguments: args });
    return { answer, bytes: text.length };
  }
  const params = { name: tool.name, arguments: args };
  const answer = await rawPost(audit, {
    what,
    body: JSON.stringify(rightRequest(audit, { method: 'tools/call', id: newMarker(), params })),
    change: audit.era === 'stateless' ? { 'Mcp-Method': 'tools/call', 'Mcp-Name': tool.name } : {},
    timeoutMs: 30_000,
    maxBytes: MUCH,
  });
  return { answer, bytes: answer.status === 200 ? answer.body.length : 0 };
}

/** Longer than a command should be let run while somebody waits. */
const LONG_MS = 35_000;

async function judgeTime(audit: Audit, tool: Named, args: JsonObject): Promise<Judged> {
  const what = `a call of ${tool.name} that sleeps for 40 s`;
  const { answer, response } = await callNamed(audit, tool, {
    what,
    arguments: args,
    timeoutMs: LONG_MS,
  });
  if (response !== undefined) return { verdict: 'right', note: '', answer };
  if (answer.status === 0 || answer.cut || audit.era === 'sse') {
    return {
      verdict: 'doubtful',
      note: `a command may run for ${LONG_MS / 1_000} s and more`,
      answer,
    };
  }
  return { verdict: 'unknown', note: `${what} got no response`, answer };
}
