/** Where earlier prompts are kept. */
export interface HistoryStore {
  /** Oldest first. */
  load: () => Promise<readonly string[]>;
  append: (text: string) => Promise<void>;
}

/** A prompt of the user's own: a Markdown file; `$ARGUMENTS` and `$1` … `$9` are filled in. */
export interface CustomPrompt {
  name: string;
  description?: string;
  /** Safe to show. */
  file: string;
  body: string;
  /** `project`: it came with the directory, so somebody else may have written it. */
  scope: 'user' | 'project';
}

/**
 * The prompt with its arguments: `$ARGUMENTS` is all of them as they were typed, `$1` … `$9` one
 * word each (quotes hold words together), `$$` a dollar sign. A missing one is empty. Arguments
 * that the text has no place for follow it.
 */
export function fillPrompt(body: string, args: string): string {
  const whole = args.trim();
  const words = splitWords(whole);
  let used = false;
  const text = body.replaceAll(/\$(\$|ARGUMENTS\b|[1-9](?!\d))/g, (_, name: string) => {
    if (name === '$') return '$';
    used = true;
    return name === 'ARGUMENTS' ? whole : (words[Number(name) - 1] ?? '');
  });
  return used || whole === '' ? text : `${text.trimEnd()}\n\n${whole}`;
}

function splitWords(text: string): string[] {
  const words = text.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) =>
    /^(["']).*\1$/s.test(word) && word.length > 1 ? word.slice(1, -1) : word,
  );
}
