import { splitWords } from './words.js';

/**
 * The body of a prompt file with what was typed behind its name: `$ARGUMENTS` all of it, `$1` … `$9`
 * word by word. A body that asks for neither gets it at its end.
 */
export function fillCustomPrompt(body: string, args: string): string {
  const words = splitWords(args);
  let asked = false;
  const text = body.replaceAll(/\$(ARGUMENTS\b|[1-9](?!\d))/g, (_, what: string) => {
    asked = true;
    return what === 'ARGUMENTS' ? args : (words[Number(what) - 1]?.value ?? '');
  });
  return asked || args === '' ? text.trim() : `${text.trim()}\n\n${args}`;
}
