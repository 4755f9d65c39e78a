import path from 'node:path';
import { serversIn } from '../config/edit/written-servers.js';
import { findProjectFiles } from '../config/find-files.js';
import { viewProject, type ProjectView } from '../config/project-view.js';
import { parse } from '../config/read-sources.js';
import { isTrusted, recordTrust, revokeTrust } from '../config/trust.js';
import type { ConfigSource } from '../config/source.js';
import { OstlerError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { Io } from './io.js';
import { askYes, canAsk } from './mcp/ask-yes.js';

export interface TrustRun extends Io {
  /** `--yes`: the answer is yes. */
  yes: boolean;
  /** Only the file that has this server, or is called so. */
  name?: string | undefined;
  /** `--revoke`: takes the yes back. */
  revoke?: boolean;
}

/** `ostler mcp trust`: shows what the project's config files would run and connect to, and asks. */
export async function runTrust(run: TrustRun): Promise<number> {
  const { cwd, env, stdout, stderr, name } = run;
  const sources = chosen(await readProject(cwd), name);
  if (sources.length === 0) {
    stderr.write('There is no project config file here: nothing to trust.\n');
    return 0;
  }
  for (const source of sources) {
    const shown = toTerminalLine(source.file ?? source.name);
    if (run.revoke === true) {
      const known = await revokeTrust(source.file ?? '', env);
      stdout.write(`${shown} is ${known ? 'not trusted any more' : 'not trusted'}.\n`);
    } else if (await isTrusted(source, env)) {
      stdout.write(`${shown} is trusted already.\n`);
    } else {
      await askAbout(source, shown, run);
    }
  }
  return 0;
}

async function askAbout(
  source: ConfigSource,
  shown: string,
  { stdin, stdout, env, yes }: TrustRun,
): Promise<void> {
  stdout.write(describeProject(viewProject(source)));
  if (!yes && !(await ask(stdin, stdout))) {
    throw new OstlerError('project_untrusted', `${shown} is not trusted.`, {
      hint: 'Leave it out with --strict-mcp-config or --config.',
    });
  }
  await recordTrust(source, env);
  stdout.write(`${shown} is trusted, until it changes.\n`);
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

/** All files, or those that the name means. */
function chosen(sources: readonly ConfigSource[], name: string | undefined): ConfigSource[] {
  if (name === undefined || sources.length === 0) return [...sources];
  const ids = sources.flatMap((source) => serversIn(source).map(([id]) => id));
  const found = sources.filter(
    (source) => source.name === name || serversIn(source).some(([id]) => id === name),
  );
  if (found.length > 0) return found;
  const known = [...new Set([...ids, ...sources.map((source) => source.name)])];
  throw new OstlerError(
    'usage',
    `The project's files have no server "${name}"${didYouMean(name, known)} (there: ${known.join(', ')}).`,
  );
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

async function ask(stdin: Io['stdin'], stdout: Io['stdout']): Promise<boolean> {
  if (!canAsk(stdin, stdout)) {
    throw new OstlerError('project_untrusted', 'Nobody can be asked: this is no terminal.', {
      hint: 'Look at the lines above, then run: ostler mcp trust --yes',
    });
  }
  return askYes(stdin, stdout, 'Do you trust this file to do that?');
}
