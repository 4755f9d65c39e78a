import { Option, type Command } from 'commander';

/** Groups of options that several commands share. Values stay raw; the settings loader reads them. */

const repeat = (value: string, earlier: string[] | undefined): string[] => [
  ...(earlier ?? []),
  value,
];

function add(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

const option = (flags: string, description: string) => new Option(flags, description);
const repeatable = (flags: string, description: string) =>
  option(flags, description).argParser(repeat);

/** Which model, where, and how it answers. */
export function addModelOptions(command: Command): Command {
  return add(command, [
    option(
      '-m, --model <name>',
      'Ollama model, or script:<file> for the scripted model (default: llama3.1)',
    ),
    option('--host <url>', 'where Ollama listens (OLLAMA_HOST; default: 127.0.0.1:11434)'),
    option('--provider-url <url>', 'the same as --host').hideHelp(),
    repeatable(
      '--model-header <"Name: value">',
      'header for an Ollama behind a proxy (repeatable)',
    ),
    option('--model-ca <file>', 'certificate authority of that proxy (PEM)'),
    option('--model-insecure', 'do not check its certificate'),
  ]);
}

export function addAnswerOptions(command: Command): Command {
  return add(command, [
    option('--system <text|@file>', 'system prompt'),
    option('--think [level]', 'let the model think: off, low, medium, high, max (bare: on)'),
    option('--num-ctx <tokens>', 'context window (default: one that holds the prompt)'),
    option('--temperature <number>', 'how freely the model chooses words'),
    option('--seed <number>', 'the same seed and prompt give the same answer'),
    option('--keep-alive <duration>', 'how long Ollama keeps the model loaded (e.g. 10m, -1)'),
    repeatable('--image <file>', 'show an image to a vision model (repeatable)'),
    option('--schema <file>', 'JSON Schema the answer must follow'),
  ]);
}

/** Which earlier conversation is gone on with, and whether this one is kept. */
export function addSessionOptions(command: Command): Command {
  return add(command, [
    option('-c, --continue', 'go on with the newest session of this directory'),
    option('-r, --resume [id|name]', 'go on with this session'),
    option('--session <file>', 'keep the session in this file, and go on with what is in it'),
    option('--no-session', 'keep nothing of the chat (OSTLER_NO_SESSION)'),
  ]);
}

/** How the interactive chat looks. */
export function addChatOptions(command: Command): Command {
  return add(command, [
    option('--theme <name>', 'colours for a dark or a light terminal: auto, dark or light')
      .choices(['auto', 'dark', 'light'])
      .env('OSTLER_THEME')
      .default('auto'),
    option('--screen-reader', 'words in the place of glyphs, and nothing that moves').env(
      'OSTLER_SCREEN_READER',
    ),
  ]);
}

/** Which servers, and how much they must be there. */
export function addServerOptions(command: Command): Command {
  return add(command, [
    option('--config <file>', 'use this config file instead of the project and user files'),
    repeatable('--mcp-config <file|json>', 'add servers from a file or inline JSON (repeatable)'),
    option('--strict-mcp-config', 'use only the servers of --mcp-config and --server URLs'),
    repeatable(
      '--server <name|url>',
      'use only these servers; a URL adds one on the spot (repeatable)',
    ),
    option('--no-tools', 'start no server'),
    option('--require-servers <all|any|a,b>', 'fail unless these servers connect'),
  ]);
}

/** For a server given by its URL. */
export function addRemoteOptions(command: Command): Command {
  return add(command, [
    repeatable(
      '-H, --header <"Name: value">',
      'header for every request to a --server URL (repeatable)',
    ),
    option('-t, --transport <name>', 'stdio, sse or http (default: by the URL, with a fallback)'),
    option('--protocol <era>', 'auto, legacy or 2026-07-28 (default: auto)'),
    option('--token-env <name>', 'send the bearer token in this environment variable'),
    option('--token-file <file>', 'send the bearer token in this file'),
    option('--server-timeout <duration>', 'limit for connecting to a server (default: 30s)'),
    option('--ca <file>', 'certificate authority of the server (PEM)'),
    option('--insecure', 'do not check its certificate'),
  ]);
}

/** What every command about one server takes; the server may be a configured name, a URL or `-- command`. */
export function addTargetOptions(command: Command): Command {
  addRemoteOptions(command);
  add(command, [
    option('--timeout <duration>', 'limit for the whole command, e.g. 90s'),
    option('--config <file>', 'use this config file instead of the project and user files'),
    repeatable('--mcp-config <file|json>', 'add servers from a file or inline JSON (repeatable)'),
    option('--strict-mcp-config', 'use only the servers of --mcp-config'),
    option('--json', 'JSON on stdout'),
    option('-q, --quiet', 'errors only on stderr').env('OSTLER_QUIET'),
    option('-v, --verbose', 'more on stderr').env('OSTLER_VERBOSE'),
    option('--debug', 'stack traces of bugs').env('OSTLER_DEBUG'),
  ]);
  return addColorOption(command);
}

/** For commands whose result may be more than text. */
export function addSavingOptions(command: Command): Command {
  return add(command, [
    option('-o, --output <file|directory>', 'save what is not text there; nothing is written over'),
    option('--raw', 'bytes as they come, into a pipe'),
  ]);
}

export function addApprovalOptions(command: Command): Command {
  return add(command, [
    option('--approval <mode>', 'ask, auto (allow all) or never (default: ask)'),
    repeatable('--allow <pattern>', 'allow tools by server/tool glob, e.g. "math/*" (repeatable)'),
    repeatable(
      '--deny <pattern>',
      'refuse tools by server/tool glob; wins over --allow (repeatable)',
    ),
    option('-y, --yolo', 'the same as --approval auto'),
    option('--max-turns <n>', 'rounds of model and tools (default: 20)'),
    option('--max-steps <n>', 'the same as --max-turns').hideHelp(),
    option('--timeout <duration>', 'limit for the whole run, e.g. 90s'),
  ]);
}

/** What servers may ask, and what they get. */
export function addAskOptions(command: Command): Command {
  return add(command, [
    option(
      '--on-elicitation <answer>',
      'decline, cancel or accept-defaults: what a server that asks gets (default: ask on a terminal)',
    ),
    option('--answers <file>', 'answers to what servers ask, written beforehand (YAML or JSON)'),
    option('--sampling <mode>', 'let servers use the model: ask, auto or never (default: ask)'),
    repeatable('--root <directory>', 'a directory that servers may be told of (repeatable)'),
  ]);
}

/** The same for a command that needs no model as long as no server does. */
export function addCommandAskOptions(command: Command): Command {
  return add(addAskOptions(command), [
    option('-m, --model <name>', 'the model that --sampling lets servers use'),
  ]);
}

export function addColorOption(command: Command): Command {
  const color = option('--color <when>', 'auto, always or never');
  return add(command, [
    color.choices(['auto', 'always', 'never']).env('OSTLER_COLOR').default('auto'),
  ]);
}

export function addOutputOptions(command: Command): Command {
  return add(addColorOption(command), [
    option('-o, --output-format <format>', 'text, json or stream-json')
      .choices(['text', 'json', 'stream-json'])
      .env('OSTLER_OUTPUT_FORMAT')
      .default('text'),
    option('--json', 'the same as --output-format json'),
    option('--no-markdown', 'print the answer as the model wrote it').env('OSTLER_NO_MARKDOWN'),
    option('-q, --quiet', 'errors only on stderr').env('OSTLER_QUIET'),
    option('-v, --verbose', 'every tool call and connection on stderr').env('OSTLER_VERBOSE'),
    option('--debug', 'stack traces of bugs').env('OSTLER_DEBUG'),
  ]);
}
