/** Commands whose server may be given as the words behind `--`. */
export const SERVER_COMMANDS: readonly string[] = [
  'tools',
  'resources',
  'prompts',
  'call',
  'read',
  'prompt',
  'inspect',
  'listen',
  'check',
];

/** The command line without the server's own words, which are not ours to read. */
export function splitCommand(argv: readonly string[]): {
  args: readonly string[];
  command: readonly string[] | undefined;
} {
  const at = takesCommand(argv) ? argv.indexOf('--') : -1;
  if (at < 0) return { args: argv, command: undefined };
  return { args: argv.slice(0, at), command: argv.slice(at + 1) };
}

function takesCommand([first = '', second]: readonly string[]): boolean {
  return SERVER_COMMANDS.includes(first) || (first === 'mcp' && second === 'add');
}
