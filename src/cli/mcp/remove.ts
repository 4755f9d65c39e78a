import { changeServers } from '../../config/edit/change-servers.js';
import { named, writtenServers } from '../../config/edit/written-servers.js';
import { OstlerError } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';
import { loginOf, unreadableWords } from './login-states.js';
import { scopeFlag } from './scope.js';
import { tell, warn } from './tell.js';
import { summarize } from './where.js';

export interface RemoveRun {
  name: string;
  flags: Flags;
  io: Io;
}

/** `ostler mcp remove`: takes one entry out of the file that has it. What was logged in stays, and is told. */
export async function runRemove({ name, flags, io }: RemoveRun): Promise<number> {
  const scope = scopeFlag(flags);
  const all = named(await writtenServers(io), name);
  const found = all.filter((server) => scope === undefined || server.scope === scope);
  const [server, other] = found;
  if (server === undefined) {
    const places = all.map(({ file, scope: own }) => `${file.name} (${own})`).join(', ');
    throw new OstlerError(
      'usage',
      `The ${scope} scope has no server "${name}"; it is in ${places}.`,
    );
  }
  if (other !== undefined && scope === undefined) {
    const places = found.map(({ file, scope: own }) => `${file.name} (${own})`).join(', ');
    throw new OstlerError('usage', `"${name}" is in several files: ${places}.`, {
      hint: `Say which: ostler mcp remove ${name} --scope ${server.scope}`,
    });
  }
  const edits = [{ kind: 'remove', id: name } as const];
  const changed = await changeServers(server.file, { edits }, io);
  const { transport, where } = summarize(server.entry);
  const login = transport === 'stdio' ? undefined : await loginOf(where, io.env);
  if (flags['json'] === true) {
    const tokensKept = login !== undefined;
    const shown = { name, scope: server.scope, file: changed.path, tokensKept };
    io.stdout.write(`${toJsonLine(shown)}\n`);
    return 0;
  }
  tell(io.stdout, `Removed ${name} from ${server.file.name} (${server.scope}).`);
  if (login !== undefined) {
    warn(
      io.stderr,
      'unreadable' in login
        ? `its login cannot be read, and is kept (${unreadableWords(login)}); forget it with: ostler mcp logout ${where}`
        : `its login at ${login.issuer} is kept; forget it with: ostler mcp logout ${where}`,
    );
  }
  if (!changed.trusted) warn(io.stderr, `${changed.name} is not trusted yet: ostler mcp trust`);
  return 0;
}
