import { isLoopback } from './policy.js';
import type { SampleKind, SampleServer } from './types.js';

export interface NoticeOptions {
  kind: SampleKind;
  host: string;
  /** The token when it was made here: told this once. */
  generatedToken: string | undefined;
  /** For a shell, what stands for a token that the reader has already, e.g. `$NAME`. */
  tokenReference: string;
  /** Where the shell's commands start. */
  root: string;
}

/** A prompt to try, and the consent its tool calls need where nobody can be asked. */
const TRY: Record<SampleKind, { prompt: string; consent: string }> = {
  math: { prompt: 'Add 2 and 3 and say hello to Bob', consent: '--yolo' },
  shell: { prompt: 'How full are the disks?', consent: '--allow "*/exec_cmd"' },
};

/** What the person who started the server reads: where it is and what to type next. */
export function startNotice(server: SampleServer, options: NoticeOptions): string {
  const { kind, host, generatedToken } = options;
  const { prompt, consent } = TRY[kind];
  const token = generatedToken ?? options.tokenReference;
  const header = `-H "Authorization: Bearer ${token}"`;
  return [
    `The sample server "${kind}" is listening:`,
    `  HTTP+SSE         ${server.sseUrl}`,
    `  Streamable HTTP  ${server.mcpUrl}`,
    ...(generatedToken === undefined
      ? []
      : [
          'No token was given, so it made one. It is shown this once and ends with the server:',
          `  ${generatedToken}`,
        ]),
    ...(kind === 'shell'
      ? [`Whoever has the token runs commands as this user, starting in ${options.root}.`]
      : []),
    ...(isLoopback(host)
      ? []
      : ['It speaks plain HTTP to the network: put TLS in front of it (docs/serve.md).']),
    'Try it:',
    `  ostler -p "${prompt}" --server ${server.sseUrl} ${header} ${consent}`,
    `  curl -N ${header} ${server.sseUrl}`,
    'Stop it with Ctrl+C.',
    '',
  ].join('\n');
}
