import type { ColorChoice } from '../render/style.js';
import type { ThemeName } from '../render/theme.js';
import { isOn, type Flags } from './commands/command.js';
import { toSessionChoice, type SessionChoice } from './session-choice.js';

export type OutputFormat = 'text' | 'json' | 'stream-json';

/** The flags of a chat or a one-shot run that are not settings; the settings' flags stay raw in `flags`. */
export interface ChatOptions {
  /** `-p` was given, with or without a text. */
  print: boolean;
  prompt: string;
  outputFormat: OutputFormat;
  quiet: boolean;
  verbose: boolean;
  debug: boolean;
  color: ColorChoice;
  images: readonly string[];
  /** False with `--no-tools`: no server is started. */
  tools: boolean;
  session: SessionChoice;
  /** False with `--no-markdown`: the answer is printed as the model wrote it. */
  markdown: boolean;
  theme: 'auto' | ThemeName;
  screenReader: boolean;
  flags: Flags;
}

/** What commander read, by its meaning. Throws `usage` for flags that contradict each other. */
export function toChatOptions(
  words: readonly string[],
  flags: Flags,
  env: NodeJS.ProcessEnv,
): ChatOptions {
  const printed = typeof flags['print'] === 'string' ? flags['print'] : '';
  const images = flags['image'];
  return {
    print: flags['print'] !== undefined,
    prompt: [printed, words.join(' ')].filter((part) => part !== '').join('\n\n'),
    outputFormat: flags['json'] === true ? 'json' : (flags['outputFormat'] as OutputFormat),
    quiet: flags['quiet'] === true,
    verbose: flags['verbose'] === true,
    debug: flags['debug'] === true,
    color: flags['color'] as ChatOptions['color'],
    images: Array.isArray(images) ? (images as string[]) : [],
    tools: flags['tools'] !== false,
    session: toSessionChoice(flags, env),
    markdown: flags['markdown'] !== false,
    theme: flags['theme'] as ChatOptions['theme'],
    screenReader: flags['screenReader'] === true || isOn(env['INK_SCREEN_READER']),
    flags,
  };
}
