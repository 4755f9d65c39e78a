import { isRecord, type JsonObject } from '../../../core/json.js';
import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe } from '../references.js';
import { callNamed } from './call-named.js';
import { commandArgument, judgeShell } from './shell-tool.js';

/** TOOL-04 */
export const hostileArguments: Check = {
  id: 'TOOL-04',
  title: 'Arguments run no commands; a tool that runs commands has limits and no secrets.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [cwe(78), cwe(400), cwe(526)],
  expected:
    'Shell metacharacters in an argument are text. A tool for commands: no secret in its environment, an end to long commands, a limit to their output.',
  remedy:
    'Start programs with a list of arguments and no shell; give commands a short environment, a time limit and an output limit.',
  active: true,
  requests: 5,
  async run(audit) {
    const { tool } = audit;
    if (tool === undefined) {
      return {
        outcome: 'inconclusive',
        reason: 'needs --tool: name a harmless tool that may be called.',
      };
    }
    const command = commandArgument(audit, tool.name);
    if (command !== undefined) {
      return conclude(
        await judgeShell(audit, tool, command),
        'Commands have limits and no secrets.',
      );
    }
    const names = Object.keys(tool.arguments).filter(
      (name) => typeof tool.arguments[name] === 'string',
    );
    if (names.length === 0) {
      return { outcome: 'not_applicable', reason: `${tool.name} was named with no text argument.` };
    }
    const judged = await Promise.all(
      INJECTIONS.map((payload) => inject(audit, { tool, names, payload })),
    );
    return conclude(judged, 'Shell metacharacters are taken as text.');
  },
};

/** What a shell would make of it stands in no payload. */
const RUN = 'echo ostler$((6007*7))';
const RESULT = 'ostler42049';

/** Without quotes, inside of either kind, and as a substitution. */
const INJECTIONS = [`; ${RUN}`, `$(${RUN})`, `"; ${RUN} #`, `'; ${RUN} #`];

async function inject(
  audit: Audit,
  { tool, names, payload }: { tool: Tool; names: readonly string[]; payload: string },
): Promise<Judged> {
  const changed = Object.fromEntries(
    Object.entries(tool.arguments).map(([name, value]) =>
      names.includes(name) ? [name, `${value as string}${payload}`] : [name, value],
    ),
  );
  const { answer, response, text } = await callNamed(audit, tool, {
    what: `a call of ${tool.name} with ${payload} in its text`,
    arguments: changed,
  });
  if (text.includes(RESULT)) {
    return { verdict: 'wrong', note: `${tool.name} ran the command in ${payload}`, answer };
  }
  if (isRecord(response)) return { verdict: 'right', note: '', answer };
  return { verdict: 'unknown', note: `${answer.evidence.what} got no response`, answer };
}

interface Tool {
  name: string;
  arguments: JsonObject;
}
