import { Command, type Argument, type Option } from 'commander';
import { COMMAND_NAMES, createProgram } from '../../src/cli/main.js';
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
} from '../../src/cli/options.js';
import { toCode, toTable } from './markdown.js';

/** Options that several commands share; told once, by group. */
const GROUPS = [
  ['The model', addModelOptions],
  ['The answer', addAnswerOptions],
  ['Servers', addServerOptions],
  ['A server given by its URL', addRemoteOptions],
  ['Approval and limits', addApprovalOptions],
  ['What servers ask', addAskOptions],
  ['Sessions', addSessionOptions],
  ['Output', addOutputOptions],
  ['The chat', addChatOptions],
] as const;

/** The command tree as the program has it, bound to nothing. */
export function commandTree(): Command {
  const { stdin, stdout, stderr } = process;
  return createProgram(
    { stdin, stdout, stderr, env: {}, cwd: '/' },
    { done: () => {}, commands: COMMAND_NAMES },
  );
}

interface Group {
  title: string;
  options: readonly Option[];
}

const groups: readonly Group[] = GROUPS.map(([title, add]) => ({
  title,
  options: add(new Command()).options,
}));

/** All of docs/cli.md's tables: commands, shared options by group, each command's own options. */
export function cliReference(): string {
  const commands = flatten(commandTree());
  const sections = commands.map((command) => commandSection(command));
  return [commandTable(commands), groupSections(), ...sections].join('\n\n');
}

/** Every command of the tree, the root first. */
export function flatten(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => flatten(child))];
}

/** `ostler serve math` */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

function usageOf(command: Command): string {
  const words = command.registeredArguments.map(toUsage);
  return [pathOf(command), ...words].join(' ');
}

function toUsage(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function commandTable(commands: readonly Command[]): string {
  const rows = commands
    .filter((command) => command.commands.length === 0 || command.parent === null)
    .map((command) => [toCode(usageOf(command)), toText(command.description())]);
  return toTable(['command', 'what it does'], rows);
}

function groupSections(): string {
  return groups.map(({ title, options }) => `## ${title}\n\n${optionTable(options)}`).join('\n\n');
}

function commandSection(command: Command): string {
  const own = command.options.filter((option) => !option.hidden);
  const shared = groups.filter(({ options }) =>
    options.every((option) => option.hidden || has(own, option)),
  );
  const rest = own.filter((option) => !shared.some(({ options }) => has(options, option)));
  const links = shared.map(({ title }) => `[${title}](#${toAnchor(title)})`);
  const parts = [
    `## ${pathOf(command)}`,
    `${toCode(usageOf(command))}: ${toText(command.description()).replace(/\.$/, '')}.`,
    ...(links.length === 0 ? [] : [`Takes the options of ${links.join(', ')}.`]),
    ...(rest.length === 0 ? [] : [optionTable(rest)]),
    ...(command.commands.length === 0 ? [] : [subcommands(command)]),
  ];
  return parts.join('\n\n');
}

function subcommands(command: Command): string {
  const names = command.commands.map((child) => {
    const path = pathOf(child);
    return `[${toCode(path)}](#${toAnchor(path)})`;
  });
  return `Subcommands: ${names.join(', ')}.`;
}

function has(options: readonly Option[], wanted: Option): boolean {
  return options.some(({ flags }) => flags === wanted.flags);
}

/** The anchor GitHub gives a heading of plain words. */
export function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
    .replaceAll(' ', '-');
}

function optionTable(options: readonly Option[]): string {
  const rows = options
    .filter((option) => !option.hidden)
    .map((option) => [toCode(option.flags), describe(option)]);
  return toTable(['option', 'meaning'], rows);
}

/** The description with what the help text would add to it. */
function describe({ description, defaultValue, envVar }: Option): string {
  const extras = [
    ...(defaultValue === undefined ? [] : [`default: ${toCode(String(defaultValue))}`]),
    ...(envVar === undefined ? [] : [toCode(envVar)]),
  ];
  const text = toText(description);
  return extras.length === 0 ? text : `${text} (${extras.join('; ')})`;
}

/** Words that Markdown takes as they are: no tags, no emphasis. */
function toText(text: string): string {
  return text.replaceAll(/[<*_]/g, String.raw`\$&`);
}
