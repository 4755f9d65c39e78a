import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const HOME = path.join(import.meta.dirname, '../.node');

export interface NodeBinary {
  file: string;
  /** E.g. `v24.21.0`. */
  version: string;
}

/** Installs the binary of a major version from npm, without the install script of the `node` package. */
async function install(major: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = path.join(HOME, major);
  const file = path.join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(file)) {
    const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund'];
    await execute('npm', [...args, `${name}@${major}`]);
  }
  return file;
}

/** A path, a major version or `current`. */
export async function resolveNode(wanted: string): Promise<NodeBinary> {
  const own = process.versions.node.split('.')[0];
  const file =
    wanted === 'current' || wanted === own
      ? process.execPath
      : /^\d+$/.test(wanted)
        ? await install(wanted)
        : path.resolve(wanted);
  const { stdout } = await execute(file, ['--version']);
  return { file, version: stdout.trim() };
}
