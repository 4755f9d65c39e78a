import { splitWords } from './words.js';

const PLACES = /\$(\$|ARGUMENTS\b|[1-9](?!\d))/g;

export function asksForArguments(body: string): boolean {
  return [...body.matchAll(PLACES)].some(([, what]) => what !== '$');
}

/**
 * The body of a prompt file with what was typed behind its name: `$ARGUMENTS` all of it, `$1` … `$9`
 * word by word, `$$` a dollar sign. A body that asks for neither gets it at its end.
 */
export function fillCustomPrompt(body: string, args: string): string {
  const words = splitWords(args);
  const text = body.replaceAll(PLACES, (_, what: string) => {
    if (what === '$') return '$';
    return what === 'ARGUMENTS' ? args : (words[Number(what) - 1]?.value ?? '');
  });
  return asksForArguments(body) || args === '' ? text.trim() : `${text.trim()}\n\n${args}`;
}
