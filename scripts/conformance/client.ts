import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

export interface BuiltClient {
  /** Its command line. */
  command: string;
  remove: () => Promise<void>;
}

/** Bundles the driver, so that a hundred starts of it do not compile the sources a hundred times. */
export async function buildClient(root: string): Promise<BuiltClient> {
  const folder = path.join(root, 'test/conformance');
  const outdir = await mkdtemp(path.join(tmpdir(), 'ostler-driver-'));
  await build({
    entryPoints: [path.join(folder, 'driver.ts')],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Native, and not used: the driver keeps its tokens in files.
    external: ['@napi-rs/keyring'],
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return {
    command: [process.execPath, path.join(outdir, 'driver.mjs')].map(quoted).join(' '),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}

/** For the shell the suite runs it in. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
