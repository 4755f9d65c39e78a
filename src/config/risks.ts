import { isRecord } from '../core/json.js';
import { readFields, type Fields, wordOf } from './fields.js';
import { plainTextWarning } from './remote-url.js';

/** A pattern of a command line, and what a person should know about it. */
type Risk = readonly [pattern: RegExp, what: string];

/** Looked for in the words of the command, joined by spaces: a shell's script is one of them. */
const COMMAND_RISKS: readonly Risk[] = [
  [/(?:^|[\s;&|(/])(?:sudo|doas|pkexec|su)(?=\s|$)/, 'runs with the rights of another user'],
  [
    /\b(?:curl|wget|fetch|iwr|irm)\b[^;]*\|\s*(?:\S*\/)?(?:env\s+)?(?:ba|z|da|k|fi)?sh\b/,
    'runs what it downloads',
  ],
  [
    /\b(?:iex|Invoke-Expression)\b|\|\s*(?:python3?|node|perl|ruby)\b|base64\s+(?:-d|--decode|-D)\b/,
    'runs what it downloads or decodes',
  ],
  [
    /(?:^|[\s;&|(/])rm\s+(?:-\S+\s+)*-\w*[rf]|\b(?:rmdir|shred|mkfs\S*|dd)\s|\bdel\s+\/[sfq]/i,
    'deletes or overwrites files',
  ],
  [/(?:^|[\s;&|(/])(?:chmod|chown)\s/, 'changes who may use files'],
  [
    />\s*\/dev\/tcp\/|(?:^|[\s;&|(/])(?:nc|ncat|netcat|socat|telnet)\s/,
    'opens a network connection of its own',
  ],
  [/(?:^|[\s;&|(/])(?:curl|wget|ssh|scp|rsync|ftp)\s/, 'uses the network'],
  [
    /(?:\.ssh|\.aws|\.gnupg|\.kube|\.netrc|id_rsa|\/etc\/(?:passwd|shadow))\b/,
    'names files that hold credentials',
  ],
];

const SHELL = /(?:^|[/\\])(?:(?:ba|z|da|k|fi)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh)$/i;
const RUNNERS =
  /(?:^|[/\\])(?:npx|bunx|uvx|pipx|pnpx|dlx)(?:\.cmd)?$|^(?:npm exec|pnpm dlx|yarn dlx|bun x|uv run|uv tool run|deno run https?:)/i;
const CONTAINERS = /(?:^|[/\\])(?:docker|podman|nerdctl)$/;

/** Variables that make any program load other code. */
const LOADERS =
  /^(?:NODE_OPTIONS|LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_\w+|PYTHONSTARTUP|PYTHONPATH|PERL5OPT|RUBYOPT|JAVA_TOOL_OPTIONS|BASH_ENV|ENV|PATH|GIT_SSH_COMMAND|NODE_PATH)$/;

/** What is worth a second look before a server entry is used; nothing in it is from the entry but names. */
export function risksOf(entry: unknown): string[] {
  const fields = readFields(entry, [], () => {});
  return [
    ...commandRisks(fields),
    ...variableRisks(fields),
    ...remoteRisks(fields),
    ...approvalRisks(fields),
  ];
}

function commandRisks(fields: Fields): string[] {
  if (!fields.has('command')) return [];
  const words = [fields.get('command')?.value, fields.get('args')?.value ?? []].flat().map(wordOf);
  const [program = ''] = words;
  const line = words.join(' ');
  const found = COMMAND_RISKS.filter(([pattern]) => pattern.test(line)).map(([, what]) => what);
  const shell = words.some((word) => SHELL.test(word)) ? ['runs a shell'] : [];
  const download =
    RUNNERS.test(program) || RUNNERS.test(words.slice(0, 3).join(' '))
      ? ['downloads a package and runs it']
      : [];
  const container = CONTAINERS.test(program) ? ['runs a container'] : [];
  const near = /^\.{1,2}[/\\]/.test(program) ? ['runs a program of the current directory'] : [];
  return [...new Set([...shell, ...download, ...container, ...near, ...found])];
}

function variableRisks(fields: Fields): string[] {
  const env = fields.get('env')?.value ?? fields.get('environment')?.value;
  const names = Object.keys(isRecord(env) ? env : {}).filter((name) => LOADERS.test(name));
  return names.length === 0 ? [] : [`changes what programs load: ${names.join(', ')}`];
}

function remoteRisks(fields: Fields): string[] {
  const url = ['url', 'httpUrl', 'serverUrl', 'endpoint'].map((key) => fields.get(key)?.value);
  const plain = url.some((text) => {
    if (typeof text !== 'string' || !URL.canParse(text)) return false;
    // Any header may be a credential; that there is one is enough here.
    return plainTextWarning(new URL(text), [['Authorization', '']]) !== undefined;
  });
  return [
    ...(plain ? ['unencrypted (http)'] : []),
    ...(isTrue(fields.get('insecure')?.value) ? ['its certificate is not checked'] : []),
  ];
}

function approvalRisks(fields: Fields): string[] {
  const all = ['trust', 'autoApprove'].some((key) => isTrue(fields.get(key)?.value));
  const some = ['autoApprove', 'alwaysAllow'].some((key) => {
    const tools = fields.get(key)?.value;
    return Array.isArray(tools) && tools.length > 0;
  });
  return all || some ? ['its tools run without a question'] : [];
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
