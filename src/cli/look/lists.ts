import type { OstlerError } from '../../core/errors.js';
import type { Connection, ServerTool } from '../../mcp/types.js';
import type { TargetWords } from '../server-target.js';
import { renderCard, type Card } from './card.js';
import { promptCard, resourceCard, toolCard, type CardPlace } from './cards.js';
import { PROMPTS, RESOURCES, TOOLS, type Kind } from './kinds.js';
import { listAll, paintOf, writeList } from './list.js';
import { widthOf, writeJson } from './output.js';
import { onServer, runCommand, type CommandInput, type Run } from './run.js';
import { splitTarget } from './target-words.js';
import { unknownItem, unknownTool } from './unknown.js';

/** How one of them is found and shown. */
interface OneOf<T extends object> {
  kind: Kind<T>;
  /** What it is called by. */
  nameOf: (item: T) => string;
  card: (item: T, place: CardPlace) => Card;
  unknown: (name: string, known: readonly string[], place: CardPlace) => OstlerError;
}

export interface ListWords {
  words: readonly string[];
  behind: readonly string[] | undefined;
}

/** `ostler tools [server] [name]`. Returns the exit code. */
export const runTools = lister<ServerTool>({
  kind: TOOLS,
  nameOf: ({ name }) => name,
  card: toolCard,
  unknown: (name, known, { server, target }) => unknownTool(name, known, { server, target }),
});

/** `ostler resources [server] [uri]`. */
export const runResources = lister({
  kind: RESOURCES,
  nameOf: ({ uri }) => uri,
  card: resourceCard,
  unknown: (name, known, place) => unknownItem('resource', name, known, place),
});

/** `ostler prompts [server] [name]`. */
export const runPrompts = lister({
  kind: PROMPTS,
  nameOf: ({ name }) => name,
  card: promptCard,
  unknown: (name, known, place) => unknownItem('prompt', name, known, place),
});

function lister<T extends object>(one: OneOf<T>) {
  return async ({ words, behind }: ListWords, input: CommandInput): Promise<number> => {
    const uris = one.kind.name === 'resources';
    const { target, rest } = splitTarget(words, behind, { most: 1, uris });
    const [name] = rest;
    return runCommand(input, async (run) => {
      if (target === undefined) return listAll(one.kind, run);
      await onServer(target, run, async ({ connection }) => {
        if (name === undefined) await writeList(one.kind, connection, run);
        else await writeOne(one, name, { connection, target, run });
      });
      return 0;
    });
  };
}

interface OnePlace {
  connection: Connection;
  target: TargetWords;
  run: Run;
}

async function writeOne<T extends object>(
  { kind, nameOf, card, unknown }: OneOf<T>,
  name: string,
  { connection, target, run }: OnePlace,
): Promise<void> {
  const place = { target, server: connection.id };
  const items = await kind.fetch(connection, run.signal);
  const found = items.find((item) => nameOf(item) === name);
  if (found === undefined) throw unknown(name, items.map(nameOf), place);
  if (run.json) return writeJson(run, Object.values(kind.json([found])).flat()[0]);
  const view = { width: widthOf(run.io.stdout), paint: paintOf(run) };
  await run.stdout.write(renderCard(card(found, place), view));
}
