import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import {
  describeImage,
  formatArguments,
  toTurns,
  type ToolTurn,
  type Transcript,
  type Turn,
} from './export-turns.js';
import type { MessageJson } from './message-json.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #59636e; --paper: #fff; --box: #f4f6f8; --line: #d5dae0; --you: #0a5fb4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --dim: #99a3ad; --paper: #14171a; --box: #1e2327; --line: #363d44; --you: #7cbcff; } }
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 50rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: .8rem; margin: 2rem 0 .4rem; color: var(--dim); letter-spacing: .04em; }
.user h2 { color: var(--you); }
.facts { color: var(--dim); font-size: .85rem; margin: 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: .6rem 0; border: 1px solid var(--line); border-radius: .4rem; background: var(--box); }
summary { padding: .4rem .7rem; cursor: pointer; color: var(--dim); overflow-wrap: anywhere; }
pre { margin: 0; padding: .6rem .7rem; border-top: 1px solid var(--line); font: .85rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; max-height: 30rem; margin: .6rem 0; }
details > img { padding: 0 .7rem; box-sizing: border-box; }
`;

/** SHA-256 of the style; a test keeps it right. Computing it would load Node's crypto into every chat. */
const STYLE_HASH = 'pJ6rS1sh76pRl+o7N7k13V7nMH3XUY0bm3i/8c6NKwI=';

/** What a browser draws and never runs. */
const IMAGE_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
]);

/**
 * One page that needs nothing beside itself. There is no script in it, and its policy
 * (https://www.w3.org/TR/CSP3/) allows its own style and inline images only, should a text ever
 * escape its escaping.
 */
export function toHtml({ title, id, model, created, messages }: Transcript): string {
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const name = line(title === '' ? 'Conversation' : title);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="facts">${line(model)} · <time>${line(created)}</time> · session ${line(id)}</p>
</header>
<main>
${toTurns(messages)
  .map((turn) => turnHtml(turn, model))
  .join('\n')}
</main>
</body>
</html>
`;
}

function turnHtml(turn: Turn, model: string): string {
  switch (turn.kind) {
    case 'system':
      return fold('System prompt', [block(turn.text)]);
    case 'tool':
      return toolHtml(turn);
    case 'user':
      return section('user', 'You', [text(turn.text), ...turn.images.map(imageHtml)]);
    case 'assistant':
      return section('assistant', model, [
        ...(turn.thinking.trim() === '' ? [] : [fold('Thinking', [block(turn.thinking)])]),
        ...(turn.text.trim() === '' ? [] : [text(turn.text)]),
      ]);
  }
}

function toolHtml({ name, arguments: args, result, images }: ToolTurn): string {
  const written = formatArguments(args);
  return fold(`Tool: <code>${line(name)}</code>`, [
    ...(written === '' ? [] : [block(written)]),
    result === undefined ? '<pre>No result.</pre>' : block(result),
    ...images.map(imageHtml),
  ]);
}

function section(kind: string, heading: string, parts: readonly string[]): string {
  return `<section class="${kind}">\n<h2>${line(heading)}</h2>\n${parts.join('\n')}\n</section>`;
}

function fold(summary: string, parts: readonly string[]): string {
  return `<details>\n<summary>${summary}</summary>\n${parts.join('\n')}\n</details>`;
}

function text(value: string): string {
  return `<div class="text">${escapeHtml(toTerminal(value.trimEnd()))}</div>`;
}

/** The newline after the tag is not part of the text (HTML, 13.1.2.5). */
function block(value: string): string {
  return `<pre>\n${escapeHtml(toTerminal(value.trimEnd()))}</pre>`;
}

function imageHtml(image: NonNullable<MessageJson['images']>[number]): string {
  const { mime_type: type, data } = image;
  // Redaction may have left something that is no base64.
  if (!IMAGE_TYPES.has(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    return `<p class="facts">${line(describeImage(image))}</p>`;
  }
  return `<img alt="${line(describeImage(image))}" src="data:${type};base64,${data}">`;
}

/** Safe on one line, within an attribute too. */
function line(value: string): string {
  return escapeHtml(toTerminalLine(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
