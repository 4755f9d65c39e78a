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
