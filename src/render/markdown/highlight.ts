import type { Role } from '../theme.js';
import type * as Languages from './languages.js';
import { plainSpan } from './spans.js';
import type { Span } from './types.js';

/** What the lines before mean for the next one. */
export interface Highlighting {
  readonly language: string;
  /** Lines since the last one at whose end nothing was open. */
  readonly context: readonly string[];
  /** Characters of the block so far. */
  readonly size: number;
}

const LONGEST_BLOCK = 100_000;
/** An open comment or string is continued with its first line and the newest of these. */
const CONTEXT_LINES = 24;
const CONTEXT_CHARACTERS = 2000;

let languages: typeof Languages | undefined;
let loading: Promise<void> | undefined;

/** Loads highlight.js; until it is there, code stays plain. */
export function loadHighlighter(): Promise<void> {
  loading ??= (async () => {
    languages = await import('./languages.js');
  })();
  return loading;
}

/** Undefined when the language is not known, or nothing is loaded. */
export function beginHighlighting(language: string): Highlighting | undefined {
  if (language === '' || languages?.knowsLanguage(language) !== true) return undefined;
  return { language, context: [], size: 0 };
}

/**
 * The next line of a block. Its colours depend on the lines before alone, so a line that was shown
 * never changes; and only on those since something was open, so a block costs what its lines cost.
 */
export function highlightLine(
  { language, context, size }: Highlighting,
  line: string,
): [spans: Span[], next: Highlighting | undefined] {
  if (languages === undefined) return [[plainSpan(line)], undefined];
  const before = context.map((text) => `${text}\n`).join('');
  const { tokens, open } = languages.scopesOf(before + line, language);
  const next = {
    language,
    context: open ? shortened([...context, line]) : [],
    size: size + line.length,
  };
  return [spansFrom(tokens, before.length), next.size > LONGEST_BLOCK ? undefined : next];
}

function shortened(context: readonly string[]): string[] {
  const [first = '', ...later] = context;
  const kept = later.slice(-CONTEXT_LINES);
  while (kept.length > 0 && kept.join('\n').length > CONTEXT_CHARACTERS) kept.shift();
  return [first, ...kept];
}

function spansFrom(tokens: readonly Languages.ScopedText[], from: number): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { text, scope } of tokens) {
    const kept = at >= from ? text : text.slice(from - at);
    at += text.length;
    if (kept !== '') spans.push({ text: kept, roles: rolesOf(scope) });
  }
  return spans;
}

const NONE: readonly Role[] = [];
const SCOPES: Partial<Record<Role, readonly string[]>> = {
  keyword: ['keyword', 'name', 'selector-tag', 'section', 'template-tag'],
  string: ['string', 'regexp', 'char', 'symbol', 'link', 'quote', 'code'],
  number: ['number', 'literal', 'bullet'],
  comment: ['comment', 'doctag', 'meta'],
  function: ['title', 'attr', 'attribute', 'property'],
  type: ['type', 'built_in', 'title.class', 'class', 'selector-class', 'selector-id'],
  added: ['addition'],
  removed: ['deletion'],
  bold: ['strong'],
  italic: ['emphasis'],
};
const ROLES = new Map(
  Object.entries(SCOPES).flatMap(([role, scopes]) => {
    const roles: readonly Role[] = [role as Role];
    return scopes.map((scope) => [scope, roles] as const);
  }),
);

/** By the scope's name or the parts it begins with: `title.class.inherited`, `title.class`, `title`. */
function rolesOf(scope: string | undefined): readonly Role[] {
  for (
    let name = scope ?? '';
    name !== '';
    name = name.slice(0, Math.max(0, name.lastIndexOf('.')))
  ) {
    const roles = ROLES.get(name);
    if (roles !== undefined) return roles;
  }
  return NONE;
}
