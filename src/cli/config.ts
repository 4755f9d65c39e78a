import { access } from 'node:fs/promises';
import path from 'node:path';
import configSchema from '../../config/ostler.schema.json' with { type: 'json' };
import { PROJECT_FILES, USER_FILES } from '../config/find-files.js';
import { loadConfig, type FlagInput, type LoadedConfig } from '../config/load.js';
import { localFile } from '../config/local-file.js';
import { statePaths } from '../config/paths.js';
import { toJsonLine } from '../core/output-json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { Output } from '../render/sink.js';
import { formatTable } from '../render/table.js';
import { shownOrigin, shownServer, shownSettings } from './config-view.js';

export interface ConfigRun {
  flags: FlagInput;
  env: NodeJS.ProcessEnv;
  cwd: string;
  stdout: Output;
  stderr: Output;
  json: boolean;
}

/** `ostler config path`: the files that are looked for, and which of them exist. */
export async function runConfigPath({ flags, env, cwd, stdout, json }: ConfigRun): Promise<number> {
  const { config } = await statePaths(env);
  const named = flags['config'];
  const wanted =
    typeof named === 'string'
      ? [{ layer: 'file', file: path.resolve(cwd, named) }]
      : [
          { layer: 'local', file: await localFile(env, cwd) },
          ...PROJECT_FILES.flat().map((name) => ({ layer: 'project', file: path.join(cwd, name) })),
          ...USER_FILES.map((name) => ({ layer: 'user', file: path.join(config, name) })),
        ];
  const files = await Promise.all(
    wanted.map(async ({ layer, file }) => ({ layer, file, exists: await exists(file) })),
  );
  if (json) {
    stdout.write(`${toJsonLine(files)}\n`);
    return 0;
  }
  const rows = files.map(({ layer, file, exists: there }) => [
    layer,
    there ? 'found' : '-',
    toTerminalLine(file),
  ]);
  stdout.write(formatTable(['LAYER', 'STATE', 'FILE'], rows));
  return 0;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** `ostler config show`: resolved settings and servers with secrets masked, each with its origin. */
export async function runConfigShow({
  flags,
  env,
  cwd,
  stdout,
  stderr,
  json,
}: ConfigRun): Promise<number> {
  const loaded = await loadShown({ flags, env, cwd });
  const { servers, warnings } = loaded.settings;
  if (json) {
    stdout.write(
      `${toJsonLine({
        files: loaded.files,
        settings: shownSettings(loaded),
        servers: servers.map(shownServer),
        warnings,
      })}\n`,
    );
    return 0;
  }
  tellWarnings(warnings, stderr);
  stdout.write(showText(loaded));
  return 0;
}

/** Nothing that the files refer to is run or read; every value has its place. */
function loadShown(place: Pick<ConfigRun, 'flags' | 'env' | 'cwd'>): Promise<LoadedConfig> {
  return loadConfig({ ...place, untrusted: 'skip', mode: 'dry', positions: true });
}

/** What `ostler config show` prints. */
export async function configText(place: Pick<ConfigRun, 'flags' | 'env' | 'cwd'>): Promise<string> {
  return showText(await loadShown(place));
}

function showText(loaded: LoadedConfig): string {
  const settings = shownSettings(loaded).map(({ name, value, origin }) => [
    name,
    showValue(value),
    toTerminalLine(shownOrigin(origin)),
  ]);
  const servers = loaded.settings.servers.flatMap((server) => {
    const lines = Object.entries(shownServer(server))
      .filter(([name, value]) => name !== 'id' && name !== 'origin' && !isEmpty(value))
      .map(([name, value]) => `    ${name}: ${showValue(value)}\n`);
    const from = toTerminalLine(shownOrigin(server.origin));
    return [`  ${toTerminalLine(server.id)}  (${from})\n`, ...lines];
  });
  const none = '  none\n';
  return [
    formatTable(['SETTING', 'VALUE', 'FROM'], settings),
    '\nservers\n',
    ...(servers.length === 0 ? [none] : servers),
  ].join('');
}

function isEmpty(value: unknown): boolean {
  return value === false || (typeof value === 'object' && JSON.stringify(value).length <= 2);
}

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return toTerminalLine(text);
}

/** `ostler config validate [file]`: `ok`, or the errors with their places. Runs and reads nothing a file refers to. */
export async function runConfigValidate({
  flags,
  file,
  env,
  cwd,
  stdout,
  stderr,
  json,
}: ConfigRun & { file: string | undefined }): Promise<number> {
  const { files, configured, settings } = await loadConfig({
    flags: file === undefined ? flags : { ...flags, config: file },
    env,
    cwd,
    untrusted: 'check',
    mode: 'dry',
  });
  const { warnings } = settings;
  if (json) {
    stdout.write(`${toJsonLine({ ok: true, files, servers: configured, warnings })}\n`);
    return 0;
  }
  tellWarnings(warnings, stderr);
  const names = files.map(({ name, state }) =>
    state === 'untrusted' ? `${name} (not trusted yet)` : name,
  );
  const count = configured.length === 1 ? '1 server' : `${configured.length} servers`;
  const checked = names.length === 0 ? 'there is no config file' : `${names.join(', ')}, ${count}`;
  stdout.write(`ok: ${toTerminalLine(checked)}\n`);
  return 0;
}

function tellWarnings(warnings: readonly string[], stderr: Output): void {
  for (const warning of warnings) stderr.write(`! ${toTerminalLine(warning)}\n`);
}

/** `ostler config schema`: the JSON Schema of a config file. */
export async function runConfigSchema({ stdout }: Pick<ConfigRun, 'stdout'>): Promise<number> {
  stdout.write(`${JSON.stringify(configSchema, undefined, 2)}\n`);
  return 0;
}
