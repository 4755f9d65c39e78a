import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkCatalogue, realServers } from './checks.js';
import { chatCommands, chatInput, chatKeys } from './chat.js';
import { cliReference } from './cli.js';
import { conformanceScenarios, conformanceScore } from './conformance.js';
import { eventReference, type EventsSchema } from './events.js';
import { exitCodeTable } from './exit-codes.js';
import { featureNotes, featureTable } from './features.js';
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
  { file: 'docs/checks.md', name: 'checks', make: checkCatalogue },
  { file: 'docs/checks.md', name: 'real-servers', make: realServers },
  { file: 'docs/chat.md', name: 'chat-keys', make: chatKeys },
  { file: 'docs/chat.md', name: 'chat-input', make: chatInput },
  { file: 'docs/chat.md', name: 'chat-commands', make: chatCommands },
  { file: 'README.md', name: 'features', make: featureTable },
  { file: 'README.md', name: 'conformance', make: conformanceScore },
  { file: 'docs/features.md', name: 'features', make: featureTable },
  { file: 'docs/features.md', name: 'feature-notes', make: featureNotes },
  { file: 'docs/conformance.md', name: 'conformance', make: conformanceScore },
  { file: 'docs/conformance.md', name: 'conformance-scenarios', make: conformanceScenarios },
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
    [...new Set(SECTIONS.map(({ file }) => file))].map(async (file) => {
      const before = await readFile(path.join(root, file), 'utf8');
      let after = before;
      for (const section of SECTIONS) {
        if (section.file !== file) continue;
        after = replaceSection(after, section.name, await section.make(root));
      }
      return { file, before, after };
    }),
  );
}
