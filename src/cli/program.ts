import { Command, Option } from 'commander';
import { VERSION } from '../core/version.js';
import type { ChatOptions, OutputFormat } from './chat.js';
import type { Io } from './io.js';
import {
  addAnswerOptions,
  addApprovalOptions,
  addModelOptions,
  addOutputOptions,
  addRemoteOptions,
  addServerOptions,
} from './options.js';

type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** Receives the exit code of the command that ran. */
export type Done = (exitCode: number) => void;

/** The command tree. Every body is imported when it runs, so that `--help` loads commander alone. */
export function createProgram(io: Io, done: Done): Command {
  const program = new Command('ostler')
    .description(
      'A terminal MCP host for local models: prompts with tools of MCP servers, answered by Ollama.',
    )
    .version(VERSION, '-V, --version')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .argument('[prompt...]', 'the prompt; piped stdin is appended to it')
    .option('-p, --print [prompt]', 'answer one prompt and exit');
  for (const group of [
    addModelOptions,
    addAnswerOptions,
    addServerOptions,
    addRemoteOptions,
    addApprovalOptions,
    addOutputOptions,
  ]) {
    group(program);
  }
  program.addHelpText('after', EXAMPLES).action(async (words: string[], flags: Flags) => {
    const { runOneShot } = await import('./chat.js');
    done(await runOneShot(toChatOptions(words, flags), io));
  });
  addServe(program, io, done);
  addDemo(program, io, done);
  addModels(program, io, done);
  addMcp(program, io, done);
  addConfig(program, io, done);
  return program;
}

const EXAMPLES = `
Examples:
  ostler demo
  ostler "What is in this picture?" --image cat.png -m llama3.2-vision
  git diff | ostler -p "Write a commit message" -q
  ostler -p "Add 2 and 3" --server https://mcp.example.com/sse -H "Authorization: Bearer $TOKEN" --yolo`;

function toChatOptions(words: readonly string[], flags: Flags): ChatOptions {
  const printed = typeof flags['print'] === 'string' ? flags['print'] : '';
  const images = flags['image'];
  return {
    prompt: [printed, words.join(' ')].filter((part) => part !== '').join('\n\n'),
    outputFormat: flags['json'] === true ? 'json' : (flags['outputFormat'] as OutputFormat),
    quiet: flags['quiet'] === true,
    verbose: flags['verbose'] === true,
    debug: flags['debug'] === true,
    color: flags['color'] as ChatOptions['color'],
    images: Array.isArray(images) ? (images as string[]) : [],
    tools: flags['tools'] !== false,
    flags,
  };
}

function addServe(program: Command, io: Io, done: Done): void {
  const serve = program
    .command('serve')
    .description(
      'run a sample authenticated MCP server (legacy SSE on /sse, Streamable HTTP on /mcp)',
    );
  const kinds = [
    ['math', 'tools add_numbers and say_hello; makes a token when none is given'],
    ['shell', 'tool exec_cmd: runs commands on this machine; needs a token'],
  ] as const;
  for (const [kind, description] of kinds) {
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
        .option('--root <dir>', 'commands may not leave this directory (default: the current one)')
        .option('--command-timeout <seconds>', 'limit for one command', '30');
    }
    command.action(async (flags: Flags) => {
      const { serveCommand } = await import('./serve-command.js');
      done(await serveCommand(kind, flags, io));
    });
  }
}

function addDemo(program: Command, io: Io, done: Done): void {
  const demo = program
    .command('demo')
    .description(
      'the whole loop, with nothing installed: an authenticated server, a prompt, two tool calls',
    )
    .addOption(
      new Option('--color <when>', 'auto, always or never')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    );
  addModelOptions(demo).action(async (flags: Flags) => {
    const { runDemo } = await import('./demo.js');
    done(await runDemo(flags, io));
  });
}

function addModels(program: Command, io: Io, done: Done): void {
  const models = program.command('models').description('the models of Ollama');
  const run =
    (action: 'list' | 'show' | 'pull') =>
    async (...given: unknown[]) => {
      const [name, flags] = action === 'list' ? [undefined, given[0]] : [given[0], given[1]];
      const { modelsCommand } = await import('./models-command.js');
      done(await modelsCommand(action, name as string | undefined, flags as Flags, io));
    };
  const list = models.command('list', { isDefault: true }).description('what is installed');
  const show = models.command('show <name>').description('what a model can do');
  const pull = models.command('pull <name>').description('download a model');
  for (const command of [list, show, pull])
    addModelOptions(command).option('--json', 'JSON on stdout');
  list.action(run('list'));
  show.action(run('show'));
  pull.action(run('pull'));
}

function addMcp(program: Command, io: Io, done: Done): void {
  const mcp = program.command('mcp').description('the configured MCP servers');
  mcp
    .command('trust')
    .description("look at this project's server file and allow it to start servers")
    .option('-y, --yes', 'allow it without a question')
    .action(async ({ yes }: { yes?: boolean }) => {
      const { runTrust } = await import('./trust.js');
      done(await runTrust({ ...io, yes: yes === true }));
    });
}

function addConfig(program: Command, io: Io, done: Done): void {
  const config = program
    .command('config')
    .description('what is configured, and where it comes from');
  const add = (
    name: string,
    description: string,
    action: 'path' | 'show' | 'validate' | 'schema',
  ) => {
    const command = config.command(name, { isDefault: action === 'show' }).description(description);
    if (action !== 'schema') addServerOptions(addModelOptions(command));
    if (action === 'show') addApprovalOptions(addRemoteOptions(command));
    command.option('--json', 'JSON on stdout').action(async (...given: unknown[]) => {
      const flags = given.at(-2) as Flags;
      const file = action === 'validate' ? (given[0] as string | undefined) : undefined;
      const { configCommand } = await import('./config-command.js');
      done(await configCommand(action, file, flags, io));
    });
  };
  add('path', 'the files that are read', 'path');
  add('show', 'the resolved settings, secrets masked, each with its origin', 'show');
  add('validate [file]', 'check a config file', 'validate');
  add('schema', 'the JSON Schema of the config file', 'schema');
}
