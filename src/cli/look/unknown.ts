import { suggestion } from '../../app/workbench/suggest.js';
import { OstlerError } from '../../core/errors.js';
import type { CardPlace } from './cards.js';
import { safe } from './output.js';
import { typedTarget } from './target-words.js';

/** A tool that is not there, with the one that was meant. */
export function unknownTool(
  name: string,
  known: readonly string[],
  { server, target }: CardPlace,
): OstlerError {
  const near = suggestion(name, known);
  const { before, behind } = typedTarget(target);
  const what = known.length === 0 ? 'has no tools' : `has no tool "${safe(name)}"`;
  const tail = near === undefined ? '.' : `; did you mean "${near}"?`;
  return new OstlerError('tool_not_found', `${server} ${what}${tail}`, {
    server,
    hint: safe(`See what there is: ostler tools${before}${behind}`),
  });
}

/** The same for a prompt or a resource. */
export function unknownItem(
  what: 'resource' | 'prompt',
  name: string,
  known: readonly string[],
  { server, target }: CardPlace,
): OstlerError {
  const near = suggestion(name, known);
  const { before, behind } = typedTarget(target);
  return new OstlerError(
    'usage',
    `${server} has no ${what} "${safe(name)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    { server, hint: safe(`See what there is: ostler ${what}s${before}${behind}`) },
  );
}
