import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../../..');

export interface MarkdownFile {
  /** Relative to the repository. */
  file: string;
  text: string;
  /** The text without fenced blocks and code spans. */
  prose: string;
  blocks: readonly CodeBlock[];
  /** Contents of code spans. */
  spans: readonly string[];
}

export interface CodeBlock {
  language: string;
  text: string;
}

const FENCE = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```/gm;
const SPAN = /`([^`\n]+)`/g;

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.node', 'results']);

/** Every Markdown file of the repository; what is installed or built is left out. */
export function markdownFiles(): MarkdownFile[] {
  return namesIn('').map(readMarkdown);
}

function namesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : namesIn(name);
    return name.endsWith('.md') ? [name] : [];
  });
}

export function readMarkdown(file: string): MarkdownFile {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const unfenced = text.replaceAll(FENCE, '');
  return {
    file,
    text,
    prose: unfenced.replaceAll(SPAN, ''),
    blocks: [...text.matchAll(FENCE)].map(([, , language = '', body = '']) => ({
      language,
      text: body,
    })),
    spans: [...unfenced.matchAll(SPAN)].map(([, code = '']) => code.replaceAll('\\|', '|')),
  };
}

/** Anchors of a file's headings, as GitHub makes them. */
export function anchorsOf({ text }: MarkdownFile): string[] {
  const headings = text.replaceAll(FENCE, '').matchAll(/^#{1,6} +(.+)$/gm);
  return [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Targets of links to places inside the repository. */
export function internalLinks({ prose }: MarkdownFile): string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target));
}
