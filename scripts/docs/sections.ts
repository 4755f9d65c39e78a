import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cliReference } from './cli.js';
import { eventReference, type EventsSchema } from './events.js';
import { exitCodeTable } from './exit-codes.js';
import { replaceSection } from './markdown.js';

/** A place in a Markdown file whose text is made from the code. */
interface Section {
  file: string;
  name: string;
  make: (root: string) => string | Promise<string>;
}

const SECTIONS: readonly Section[] = [
  { file: 'docs/cli.md', name: 'cli', make: cliReference },
  { file: 'docs/exit-codes.md', name: 'exit-codes', make: exitCodeTable },
  { file: 'docs/events.md', name: 'events', make: makeEvents },
];

async function makeEvents(root: string): Promise<string> {
  const [schema, golden] = await Promise.all([
    readFile(path.join(root, 'docs/events.schema.json'), 'utf8'),
    readFile(path.join(root, 'test/fixtures/events.golden.ndjson'), 'utf8'),
  ]);
  return eventReference(JSON.parse(schema) as EventsSchema, golden.trimEnd().split('\n'));
}

export interface GeneratedFile {
  file: string;
  /** As it is on the disk. */
  before: string;
  /** As it should be. */
  after: string;
}

/** Every file with generated text, as it is and as it should be. */
export function generatedFiles(root: string): Promise<GeneratedFile[]> {
  return Promise.all(
    SECTIONS.map(async ({ file, name, make }) => {
      const before = await readFile(path.join(root, file), 'utf8');
      return { file, before, after: replaceSection(before, name, await make(root)) };
    }),
  );
}
