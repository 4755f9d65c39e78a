import type { SampleKind } from '../../serve/types.js';
import type { Io } from '../io.js';
import { createLifetime } from '../lifetime.js';
import { listFlag, numberFlag, textFlag, type AddCommand, type Flags } from './command.js';

const KINDS = [
  ['math', 'tools add_numbers and say_hello; makes a token when none is given'],
  ['shell', 'tool exec_cmd: runs commands on this machine; needs a token'],
] as const;

export const addServe: AddCommand = (program, io, done) => {
  const serve = program
    .command('serve')
    .description(
      'run a sample authenticated MCP server (legacy SSE on /sse, Streamable HTTP on /mcp)',
    );
  for (const [kind, description] of KINDS) {
    const command = serve
      .command(kind)
      .description(description)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--port <n>', 'port to listen on; 0 takes a free one', '8808')
      .option(
        '--token-env <name>',
        'environment variable that holds the bearer token',
        'OSTLER_SERVE_TOKEN',
      )
      .option('--token-file <file>', 'file that holds it')
      .option(
        '--second-token-env <name>',
        'token of a second principal, to try cross-session attacks',
      )
      .option('--allowed-host <name...>', 'further Host headers to accept')
      .option('--allowed-origin <origin...>', 'Origin headers to accept (default: none)')
      .option('--json', 'one line of JSON with the URLs on stdout');
    if (kind === 'shell') {
      command
        .option(
          '--root <dir>',
          'where commands start; working_dir must lie inside (default: the current one)',
        )
        .option('--command-timeout <seconds>', 'limit for one command', '30');
    }
    command.action(async (flags: Flags) => done(await run(kind, flags, io)));
  }
};

async function run(kind: SampleKind, flags: Flags, io: Io): Promise<number> {
  const { runServe } = await import('../serve.js');
  const lifetime = createLifetime();
  const limit = flags['commandTimeout'];
  try {
    return await runServe({
      kind,
      host: textFlag(flags['host']),
      port: numberFlag(flags['port'], '--port'),
      tokenEnv: textFlag(flags['tokenEnv']),
      tokenFile: textFlag(flags['tokenFile']),
      secondTokenEnv: textFlag(flags['secondTokenEnv']),
      allowedHost: listFlag(flags['allowedHost']),
      allowedOrigin: listFlag(flags['allowedOrigin']),
      root: textFlag(flags['root']),
      timeoutMs: limit === undefined ? undefined : numberFlag(limit, '--command-timeout') * 1000,
      json: flags['json'] === true,
      stdout: io.stdout,
      stderr: io.stderr,
      env: io.env,
      signal: lifetime.signal,
    });
  } finally {
    lifetime.release();
  }
}
