import { isatty } from 'node:tty';
import { Command } from 'commander';
import { OstlerError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { toChatOptions } from './chat-options.js';
import { addCall } from './commands/call.js';
import { addCheck } from './commands/check.js';
import type { AddServerCommand, Done, Flags } from './commands/command.js';
import { addConfig } from './commands/config.js';
import { addDemo } from './commands/demo.js';
import { addDoctor } from './commands/doctor.js';
import { addInspect } from './commands/inspect.js';
import { addListen } from './commands/listen.js';
import { addMcp } from './commands/mcp.js';
import { addModels } from './commands/models.js';
import { addPrompt } from './commands/prompt.js';
import { addPrompts } from './commands/prompts.js';
import { addRead } from './commands/read.js';
import { addResources } from './commands/resources.js';
import { addServe } from './commands/serve.js';
import { addSessions } from './commands/sessions.js';
import { addTools } from './commands/tools.js';
import { addTrace } from './commands/trace.js';
import type { Io } from './io.js';
import { isInteractive } from './mode.js';
import { addTraceOption, type StartTrace } from './trace-option.js';
import {
  addAnswerOptions,
  addApprovalOptions,
  addAskOptions,
  addChatOptions,
  addModelOptions,
  addOutputOptions,
  addRemoteOptions,
  addServerOptions,
  addSessionOptions,
} from './options.js';

const COMMANDS: Readonly<Record<string, AddServerCommand>> = {
  tools: addTools,
  call: addCall,
  resources: addResources,
  read: addRead,
  prompts: addPrompts,
  prompt: addPrompt,
  inspect: addInspect,
  listen: addListen,
  check: addCheck,
  doctor: addDoctor,
  trace: addTrace,
  serve: addServe,
  demo: addDemo,
  models: addModels,
  sessions: addSessions,
  mcp: addMcp,
  config: addConfig,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

export interface ProgramOptions {
  done: Done;
  /** The command line: only commands that it names are added, or all when it asks for help; building all of them takes longer than a prompt needs to be read. */
  commands: readonly string[];
  /** The words behind `--`, for commands about one server. */
  serverCommand?: readonly string[] | undefined;
  /** Does what `--trace` asks for. */
  startTrace?: StartTrace;
}

/** The command tree. Every body is imported when it runs, so that `--help` loads commander alone. */
export function createProgram(io: Io, options: ProgramOptions): Command {
  const { done, commands, serverCommand, startTrace = () => Promise.resolve() } = options;
  const program = new Command('ostler')
    .description(
      'A terminal MCP host for local models: prompts with tools of MCP servers, answered by Ollama.',
    )
    .version(VERSION, '-V, --version')
    // Before the commands are added: they inherit it.
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .helpCommand(true)
    .argument('[prompt...]', 'the prompt; piped stdin is appended to it')
    .option('-p, --print [prompt]', 'answer one prompt and exit');
  for (const group of [
    addModelOptions,
    addAnswerOptions,
    addServerOptions,
    addRemoteOptions,
    addApprovalOptions,
    addAskOptions,
    addSessionOptions,
    addOutputOptions,
    addChatOptions,
  ]) {
    group(program);
  }
  program.addHelpText('after', EXAMPLES).action(async (words: string[], flags: Flags) => {
    checkReserved(words);
    const options = toChatOptions(words, flags, io.env);
    if (isInteractive({ ...options, ...terminals(io), env: io.env })) {
      const { runInteractive } = await import('./interactive.js');
      done(await runInteractive(options, io));
      return;
    }
    const { runOneShot } = await import('./chat.js');
    done(await runOneShot(options, io));
  });
  const all = commands.some((word) => ['help', '--help', '-h'].includes(word));
  for (const [name, add] of Object.entries(COMMANDS)) {
    if (all || commands.includes(name)) add(program, io, done, serverCommand);
  }
  addTraceOption(program, startTrace);
  return program;
}

/** Asked of the descriptors: to open the streams takes longer, and one prompt may not need them. */
function terminals({ stdout }: Io) {
  return { stdinIsTerminal: isatty(0), stdoutIsTerminal: stdout.isTTY === true };
}

const EXAMPLES = `
Examples:
  ostler demo
  ostler "What is in this picture?" --image cat.png -m llama3.2-vision
  git diff | ostler -p "Write a commit message" -q
  ostler -p "Add 2 and 3" --server https://mcp.example.com/sse -H "Authorization: Bearer $TOKEN" --yolo`;

/** Words that are to become commands; as the first of several words of a prompt they would change their meaning. */
const RESERVED = new Set(['run', 'test', 'completion']);

function checkReserved([first]: readonly string[]): void {
  if (first === undefined || !RESERVED.has(first)) return;
  throw new OstlerError('usage', `There is no command "${first}" in this version.`, {
    hint: `To say it to the model, use -p or quotes: ostler -p "${first} …"`,
  });
}
