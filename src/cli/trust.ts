import { createInterface } from 'node:readline/promises';
import { findProjectFiles } from '../config/find-files.js';
import { viewProject, type ProjectView } from '../config/project-view.js';
import { parse } from '../config/read-sources.js';
import { isTrusted, recordTrust } from '../config/trust.js';
import type { ConfigSource } from '../config/source.js';
import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { Io } from './io.js';

export interface TrustRun extends Io {
  /** `--yes`: the answer is yes. */
  yes: boolean;
}

/** `ostler mcp trust`: shows what the project's config files would run and connect to, and asks. */
export async function runTrust({
  cwd,
  env,
  stdin,
  stdout,
  stderr,
  yes,
}: TrustRun): Promise<number> {
  const sources = await readProject(cwd);
  if (sources.length === 0) {
    stderr.write('There is no project config file here: nothing to trust.\n');
    return 0;
  }
  for (const source of sources) {
    const name = toTerminalLine(source.file ?? source.name);
    if (await isTrusted(source, env)) {
      stdout.write(`${name} is trusted already.\n`);
      continue;
    }
    stdout.write(describeProject(viewProject(source)));
    if (!yes && !(await ask({ stdin, stdout, stderr }))) {
      throw new OstlerError('project_untrusted', `${name} is not trusted.`, {
        hint: 'Leave it out with --strict-mcp-config or --config.',
      });
    }
    await recordTrust(source, env);
    stdout.write(`${name} is trusted, until it changes.\n`);
  }
  return 0;
}

async function readProject(cwd: string): Promise<ConfigSource[]> {
  const files = findProjectFiles(cwd);
  const sources = await Promise.all(
    files.map(({ file, name, text }) =>
      parse({ layer: 'project', name, file, dir: path.dirname(file), text }),
    ),
  );
  return sources.filter((source) => source !== undefined);
}

/** What a person reads before the answer: nothing cut, every line safe for a terminal. */
export function describeProject({ file, servers, settings }: ProjectView): string {
  const lines = [
    toTerminalLine(file),
    ...servers.flatMap(({ id, lines: own }) => [
      `  server ${toTerminalLine(id)}`,
      ...own.map((line) => `    ${toTerminalLine(line)}`),
    ]),
    ...(settings.length === 0 ? [] : ['  settings']),
    ...settings.map((line) => `    ${toTerminalLine(line)}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function ask({ stdin, stdout }: Pick<Io, 'stdin' | 'stdout' | 'stderr'>): Promise<boolean> {
  if (!stdin.isTTY || stdout.isTTY !== true) {
    throw new OstlerError('project_untrusted', 'Nobody can be asked: this is no terminal.', {
      hint: 'Look at the lines above, then run: ostler mcp trust --yes',
    });
  }
  const readline = createInterface({ input: stdin, output: stdout });
  const closed = new Promise<string>((resolve) => {
    readline.once('close', () => resolve(''));
  });
  try {
    const question = 'Do you trust this file to do that? [y/N] ';
    // Ctrl-C and Ctrl-D are a no.
    const answer = await Promise.race([readline.question(question).catch(() => ''), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    readline.close();
  }
}
