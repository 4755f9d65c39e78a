import { Option, type Command } from 'commander';

const repeat = (value: string, earlier: string[] | undefined): string[] => [
  ...(earlier ?? []),
  value,
];

/** Whose file it is. */
export function addScopeOption(command: Command, note: string): Command {
  return command.option('-s, --scope <scope>', `local, project or user (${note})`);
}

/** What every command that writes servers takes. */
export function addWriteOptions(command: Command): Command {
  return addScopeOption(command, 'default: local, for you in this directory')
    .option('--force', 'replace a server of the same name')
    .option('--json', 'JSON on stdout');
}

/** What `mcp add` writes into the entry. */
export function addEntryOptions(command: Command): Command {
  for (const option of [
    new Option('-t, --transport <name>', 'stdio, sse or http (default: by the URL)'),
    new Option(
      '-H, --header <"Name: value">',
      'header for every request; ${VAR} in single quotes stays a reference (repeatable)',
    ).argParser(repeat),
    new Option('-e, --env <NAME=value>', 'variable for the command (repeatable)').argParser(repeat),
    new Option('--token-env <name>', 'send the bearer token in this environment variable'),
    new Option('--token-file <file>', 'send the bearer token in this file'),
    new Option('--oauth-client-id <id>', 'a client that was registered beforehand'),
    new Option('--client-id <id>', 'the same as --oauth-client-id').hideHelp(),
    new Option('--client-secret-env <name>', 'environment variable that holds its secret'),
    new Option('--scopes <a,b>', 'OAuth scopes to ask for'),
    new Option(
      '--callback-port <port>',
      'the client is registered with http://localhost:<port>/callback',
    ),
    new Option('--protocol <era>', 'auto, legacy or 2026-07-28'),
    new Option('--timeout <duration>', 'limit for one tool call, e.g. 90s'),
    new Option('--connect-timeout <duration>', 'limit for connecting'),
    new Option('--ca <file>', 'certificate authority of the server (PEM)'),
    new Option('--insecure', 'do not check its certificate'),
    new Option('--include-tools <a,b>', 'offer only these tools'),
    new Option('--exclude-tools <a,b>', 'do not offer these tools'),
    new Option('--trust', 'no tool of it needs a question'),
    new Option('--description <text>', 'for people'),
  ]) {
    command.addOption(option);
  }
  return command;
}
