import type { RawFlags } from '../../../core/chat.js';
import { didYouMean } from '../../../core/nearest.js';
import { safeLine } from '../safe.js';
import { splitWords } from '../words.js';
import { usage } from './parts.js';

/** A server as it is named in the chat, with the flags of the command line. */
export interface ServerLine {
  /** URL, name of a configured server, or a command with its arguments. */
  target: string | readonly string[];
  flags: RawFlags;
}

interface Flag {
  /** camelCase, as the settings know it. */
  name: string;
  short?: string;
  what: string;
  kind: 'value' | 'list' | 'switch';
}

const FLAGS: readonly Flag[] = [
  { name: 'header', short: 'H', what: 'header for every request: "Name: value"', kind: 'list' },
  { name: 'transport', short: 't', what: 'stdio, sse or http', kind: 'value' },
  { name: 'protocol', what: 'auto, legacy or 2026-07-28', kind: 'value' },
  { name: 'tokenEnv', what: 'bearer token in this environment variable', kind: 'value' },
  { name: 'tokenFile', what: 'bearer token in this file', kind: 'value' },
  { name: 'serverTimeout', what: 'limit for connecting, e.g. 10s', kind: 'value' },
  { name: 'ca', what: 'certificate authority (PEM file)', kind: 'value' },
  { name: 'insecure', what: 'do not check the certificate', kind: 'switch' },
];

export const SERVER_FLAGS: readonly { flag: string; what: string }[] = FLAGS.map(
  ({ name, what }) => ({ flag: toLong(name), what }),
);

const EXAMPLE = '/servers connect https://shop.example.com/mcp -H "Authorization: Bearer …"';

/** The line behind `/servers connect`, read as a shell would. Throws `usage`, and never tells a value. */
export function parseServerLine(line: string): ServerLine {
  const words = splitWords(line);
  if (words.some(({ open }) => open)) throw usage('A quote is not closed.', EXAMPLE);
  const flags: Record<string, string | string[] | boolean> = {};
  const targets: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const { value, quoted } = words[at] as (typeof words)[number];
    if (value === '--' && !quoted) {
      const command = words.slice(at + 1).map((word) => word.value);
      return { target: toCommand(command, targets), flags };
    }
    if (!value.startsWith('-') || value === '-') {
      targets.push(value);
      continue;
    }
    const { flag, inline } = readFlag(value);
    const given = flag.kind === 'switch' ? inline : (inline ?? words[(at += 1)]?.value);
    setFlag(flags, flag, given);
  }
  return { target: toTarget(targets, flags['header'] !== undefined), flags };
}

/** What is too much is not quoted: it may be a token whose header was not in quotes. */
function toTarget(targets: readonly string[], withHeader: boolean): string {
  const [target, second] = targets;
  if (target === undefined || target === '') throw usage('Which server?', EXAMPLE);
  if (second === undefined) return target;
  throw usage(
    'One server at a time: there are words too many.',
    withHeader
      ? 'A header stands in quotes: -H "Authorization: Bearer …"'
      : 'A command stands behind --: /servers connect -- npx some-server',
  );
}

function toCommand(command: readonly string[], targets: readonly string[]): readonly string[] {
  if (targets.length > 0) throw usage('A server is a URL or a command, not both.', EXAMPLE);
  if (command.length > 0) return command;
  throw usage('There is no command behind --.', '/servers connect -- npx some-server');
}

/** `--name`, `--name=value`, `-H`, `-Hvalue`. */
function readFlag(word: string): { flag: Flag; inline: string | undefined } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    const long = equals < 0 ? word : word.slice(0, equals);
    const flag = FLAGS.find(({ name }) => toLong(name) === long);
    if (flag === undefined) throw unknownFlag(long);
    return { flag, inline: equals < 0 ? undefined : word.slice(equals + 1) };
  }
  const flag = FLAGS.find(({ short }) => short === word[1]);
  if (flag === undefined) throw unknownFlag(word.slice(0, 2));
  return { flag, inline: word.length > 2 ? word.slice(2) : undefined };
}

function unknownFlag(flag: string) {
  const known = FLAGS.map(({ name }) => toLong(name));
  return usage(
    `There is no flag ${safeLine(flag, 60)}${didYouMean(flag, known)}.`,
    `Flags: ${known.join(', ')}.`,
  );
}

function setFlag(
  flags: Record<string, string | string[] | boolean>,
  { name, kind }: Flag,
  value: string | undefined,
): void {
  const long = toLong(name);
  if (kind === 'switch') {
    if (value !== undefined) throw usage(`${long} takes no value.`, EXAMPLE);
    flags[name] = true;
    return;
  }
  if (value === undefined) throw usage(`${long} needs a value.`, EXAMPLE);
  const earlier = flags[name];
  if (kind === 'list') flags[name] = [...(Array.isArray(earlier) ? earlier : []), value];
  else if (earlier === undefined) flags[name] = value;
  else throw usage(`${long} is given twice.`, EXAMPLE);
}

/** `tokenEnv` → `--token-env`. */
function toLong(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
