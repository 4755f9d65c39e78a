import { readConfigFile } from '../../config/files.js';
import { parse } from '../../config/read-sources.js';
import { hashProject, trustedFiles, type TrustedFile } from '../../config/trust.js';
import { OstlerError } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { formatTable } from '../../render/table.js';
import type { Io } from '../io.js';
import { tell } from './tell.js';

/** What became of a file since the yes. */
type TrustState = 'trusted' | 'changed' | 'gone';

/** `ostler mcp trust --list`: every project file that was allowed once, and whether that still holds. */
export async function runTrustList({ env, stdout, stderr }: Io, json: boolean): Promise<number> {
  const files = await Promise.all(
    (await trustedFiles(env)).map(async (trusted) => ({
      file: trusted.file,
      state: await stateOf(trusted),
      since: trusted.at,
    })),
  );
  if (json) {
    stdout.write(`${toJsonLine({ files })}\n`);
    return 0;
  }
  if (files.length === 0) {
    tell(stderr, 'No project file is trusted.');
    return 0;
  }
  const rows = files.map(({ file, state, since }) =>
    [file, state, since.slice(0, 10)].map(toTerminalLine),
  );
  stdout.write(formatTable(['FILE', 'STATE', 'SINCE'], rows));
  return 0;
}

async function stateOf({ file, sha256 }: TrustedFile): Promise<TrustState> {
  try {
    const found = readConfigFile(file, file, { named: false });
    if (found === undefined) return 'gone';
    const source = await parse({ layer: 'project', name: file, file, dir: '', text: found.text });
    return source !== undefined && hashProject(source) === sha256 ? 'trusted' : 'changed';
  } catch (error) {
    // A file that cannot be read or parsed any more is not the one that was allowed.
    if (error instanceof OstlerError) return 'changed';
    throw error;
  }
}
