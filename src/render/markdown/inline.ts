import { Lexer, type MarkedToken, type Token } from 'marked';
import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import type { Role } from '../theme.js';
import { decodeEntities } from './entities.js';
import { NEW_ROW } from './spans.js';
import type { Drawing, Span } from './types.js';

interface Style {
  roles: readonly Role[];
  href?: string;
}

/** Beyond these the lexer's time grows with the square and the cube; nobody writes so on purpose. */
const LONGEST_TEXT = 5000;
const MOST_MARKS = 150;

const isTooMuch = (text: string): boolean =>
  text.length > LONGEST_TEXT || (text.match(/[*_~[]+/g)?.length ?? 0) > MOST_MARKS;

/** Inline Markdown as spans. Newlines of the source begin a row: models break lines where they mean it. */
export function inlineSpans(text: string, drawing: Drawing, roles: readonly Role[] = []): Span[] {
  const spans: Span[] = [];
  const add = (tokens: readonly Token[], style: Style) => {
    for (const token of tokens) addToken(token as MarkedToken, style);
  };
  const addText = (content: string, style: Style) => {
    // What the lexer or an entity decoded was not seen by the sanitiser before.
    const safe = toTerminal(content).replaceAll(/[\n\t]/g, ' ');
    if (safe !== '') spans.push({ ...style, text: safe });
  };
  const addToken = (token: MarkedToken, style: Style) => {
    const within = (role: Role): Style => ({ ...style, roles: [...style.roles, role] });
    switch (token.type) {
      case 'strong':
        return add(token.tokens, within('bold'));
      case 'em':
        return add(token.tokens, within('italic'));
      case 'del':
        return add(token.tokens, within('strike'));
      case 'codespan':
        return addText(drawing.theme.colors ? token.text : `\`${token.text}\``, within('code'));
      case 'br':
        return spans.push(NEW_ROW);
      case 'html':
        return /^<br\s*\/?>$/i.test(token.raw)
          ? spans.push(NEW_ROW)
          : addText(token.raw, within('dim'));
      case 'link':
        return addLink(token, style);
      case 'image':
        return addText(
          `[image: ${decodeEntities(token.text)}](${decodeEntities(token.href)})`,
          within('dim'),
        );
      case 'escape':
        return addText(token.text, style);
      case 'text':
        return addText(token.escaped === true ? token.text : decodeEntities(token.text), style);
      default:
        return addText(token.raw, style);
    }
  };
  const addLink = (token: Extract<MarkedToken, { type: 'link' }>, style: Style) => {
    const shown = token.autolink === true ? token.href : decodeEntities(token.href);
    const target = hyperlinkTarget(shown);
    const linked: Style = {
      roles: [...style.roles, 'link'],
      ...(target === undefined ? {} : { href: target }),
    };
    add(token.tokens, linked);
    if (shown !== token.text && shown !== `mailto:${token.text}`)
      addText(` (${toTerminalLine(shown)})`, { roles: [...style.roles, 'dim'] });
  };
  if (isTooMuch(text)) {
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) spans.push(NEW_ROW);
      addText(line, { roles });
    }
  } else add(Lexer.lexInline(text, { gfm: true, breaks: true }), { roles });
  return spans;
}

const LINKED = new Set(['http:', 'https:', 'mailto:']);
const LONGEST_TARGET = 2000;

/** The URL in printable ASCII when a terminal may be told to open it. */
export function hyperlinkTarget(href: string): string | undefined {
  if (href.length > LONGEST_TARGET || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  return LINKED.has(url.protocol) && /^[\x21-\x7e]+$/.test(url.href) ? url.href : undefined;
}
