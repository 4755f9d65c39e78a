import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const LANGUAGES = {
  bash,
  c,
  cpp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  markdown,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};

/** A stretch of code and the innermost scope it stands in, under highlight.js's names. */
export interface ScopedText {
  text: string;
  scope: string | undefined;
}

/** What highlight.js needs of an emitter; takes the tokens where its own would write HTML. */
class TokenEmitter {
  readonly tokens: ScopedText[] = [];
  readonly #open: string[] = [];

  addText(text: string): void {
    this.tokens.push({ text, scope: this.#open.at(-1) });
  }
  startScope(scope: string): void {
    this.#open.push(scope);
  }
  endScope(): void {
    this.#open.pop();
  }
  openNode(scope: string): void {
    this.startScope(scope);
  }
  closeNode(): void {
    this.endScope();
  }
  __addSublanguage(emitter: TokenEmitter): void {
    this.tokens.push(...emitter.tokens);
  }
  finalize(): void {}
  toHTML(): string {
    return '';
  }
}

const highlighter = hljs.newInstance();
highlighter.configure({ __emitter: TokenEmitter });
for (const [name, language] of Object.entries(LANGUAGES))
  highlighter.registerLanguage(name, language);
highlighter.registerAliases(['shell', 'console', 'shell-session'], { languageName: 'bash' });
highlighter.registerAliases(['jsonl', 'ndjson'], { languageName: 'json' });
highlighter.registerAliases(['vue', 'svelte'], { languageName: 'xml' });
highlighter.registerAliases(['scss', 'less'], { languageName: 'css' });

export const knowsLanguage = (name: string): boolean => highlighter.getLanguage(name) !== undefined;

/** The code in stretches, and whether something (a comment, a string, a tag) is still open at its end. */
export function scopesOf(code: string, language: string): { tokens: ScopedText[]; open: boolean } {
  const { _emitter: emitter, _top: top } = highlighter.highlight(code, {
    language,
    ignoreIllegals: true,
  });
  return {
    tokens: (emitter as unknown as TokenEmitter).tokens,
    open: (top as { parent?: unknown } | undefined)?.parent !== undefined,
  };
}
