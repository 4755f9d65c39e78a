import { beforeAll, describe, expect, it } from 'vitest';
import { loadHighlighter } from '../../../../src/render/markdown/highlight.js';
import { plainOf, showColored } from './fixtures.js';

const ESC = '\u001b';
const code = (language: string, text: string) =>
  showColored(`\`\`\`${language}\n${text}\n\`\`\``, 120).slice(1);

describe('highlighted code', () => {
  it('is plain until the highlighter is loaded', () => {
    expect(code('ts', 'const a = 1')).toEqual(['  const a = 1']);
  });

  describe('loaded', () => {
    beforeAll(() => loadHighlighter());

    it('has the colours of the theme', () => {
      expect(code('ts', 'const a = "b"; // c')).toEqual([
        `  ${ESC}[35mconst${ESC}[39m a = ${ESC}[32m"b"${ESC}[39m; ${ESC}[2m// c${ESC}[22m`,
      ]);
    });

    it.each([
      'ts',
      'tsx',
      'js',
      'python',
      'py',
      'bash',
      'sh',
      'json',
      'yaml',
      'yml',
      'html',
      'xml',
      'css',
      'sql',
      'go',
      'rust',
      'java',
      'c',
      'cpp',
      'diff',
      'markdown',
      'dockerfile',
      'ini',
      'toml',
      'shell',
    ])('of %s keeps every character', (language) => {
      const text =
        '# a "b" <c d="e"> --- f: 1\n+ def g(): return `h` // i\n  /* j */ SELECT 2;\n[k]';
      expect(plainOf(code(language, text))).toEqual(text.split('\n').map((line) => `  ${line}`));
    });

    it('goes on in what a line left open, and stops where it ends', () => {
      const [first, second, third, fourth] = code('ts', 'a /* b\nconst c\nd */ const e\nconst');
      expect(first).toContain(`${ESC}[2m/* b`);
      expect(second).toBe(`  ${ESC}[2mconst c${ESC}[22m`);
      expect(third).toContain(`${ESC}[35mconst`);
      expect(fourth).toContain(`${ESC}[35mconst`);
      const long = code(
        'python',
        `x = """\n${'def in_string(): pass\n'.repeat(300)}"""\ndef f(): pass`,
      );
      expect(new Set(long.slice(1, 301))).toEqual(
        new Set([`  ${ESC}[32mdef in_string(): pass${ESC}[39m`]),
      );
      expect(long.at(-1)).toContain(`${ESC}[35mdef${ESC}[39m`);
    });

    it('leaves unknown languages, long lines and huge blocks plain', () => {
      expect(code('brainfuck', 'const a')).toEqual(['  const a']);
      expect(code('ts', `const a = "${'x'.repeat(2100)}"`)[0]).toMatch(/^ {2}const a/);
      const huge = code('ts', 'const abcdefghi = 1;\n'.repeat(6000));
      expect(huge[0]).toContain(ESC);
      expect(huge.at(-1)).toBe('  const abcdefghi = 1;');
    });
  });
});
