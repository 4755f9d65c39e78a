import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { USAGE } from '../../../bench/lib/options.js';
import { commandTree, flatten } from '../../../scripts/docs/cli.js';
import { faultOf, hasFlag, isFlag, ostlerCommands } from './command-lines.js';
import { markdownFiles, readMarkdown, ROOT } from './markdown-files.js';

const program = commandTree();
const commands = flatten(program);
const files = markdownFiles().filter(({ file }) => file !== 'CHANGELOG.md');
const readme = readMarkdown('README.md');
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('the README', () => {
  const lines = readme.blocks.flatMap(({ text }) => text.trim().split('\n'));

  it.each(['npm ci && npm run demo', 'npm ci && npm test'])('has a line that is: %s', (line) => {
    expect(lines).toContain(line);
  });

  it('has the test command that CI runs', () => {
    const ci = readFileSync(path.join(ROOT, '.ci/run'), 'utf8');
    const [, command = ''] = /^test_command='(.+)'$/m.exec(ci) ?? [];
    expect(lines).toContain(command);
  });
});

describe('npm scripts', () => {
  it.each(files)('named in $file exist', ({ text }) => {
    const named = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('command lines', () => {
  it.each(files)('in $file are understood', ({ blocks, spans }) => {
    const lines = blocks
      .filter(({ language }) => ['', 'sh', 'console'].includes(language))
      .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))
      .concat(spans);
    const faults = lines.flatMap(ostlerCommands).map((line) => {
      const fault = faultOf(line, program);
      return fault === undefined ? [] : [`${line}: ${fault}`];
    });
    expect(faults.flat()).toEqual([]);
  });

  it.each(files)('flags named alone in $file exist', ({ file, spans }) => {
    const isKnown = (flag: string) =>
      commands.some((command) => hasFlag(command, flag)) ||
      (file === 'docs/benchmarks.md' && USAGE.includes(`  ${flag} `));
    const flags = spans.map((span) => span.split(/[ =,]/)[0] ?? '').filter(isFlag);
    expect(flags.filter((flag) => !isKnown(flag))).toEqual([]);
  });

  it('that are wrong are found', () => {
    expect(faultOf('ostler serve math --port 0', program)).toBeUndefined();
    expect(faultOf('ostler serve math --yolo', program)).toContain('--yolo');
    expect(faultOf('ostler -p "say --nothing" --no-such', program)).toContain('--no-such');
    expect(ostlerCommands('git diff | ostler -p "a | b" -q && ostler demo # --x')).toEqual([
      'ostler -p "a | b" -q',
      'ostler demo',
    ]);
  });
});
