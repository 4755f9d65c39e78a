import type { ServerStatus } from '../../../core/events.js';
import { truncateRow } from '../../columns.js';
import { safeLine, textRows } from '../safe.js';
import {
  latencyWords,
  loginCommand,
  statusWords,
  transportWords,
  wantsLogin,
} from '../server-status.js';
import { tableRows } from '../table.js';
import type { Frame, Rows, Screen } from '../types.js';

export function printServers(servers: readonly ServerStatus[], screen: Screen): void {
  if (servers.length === 0) {
    screen.note('info', 'No server is configured. Add one: /servers connect https://…');
    return;
  }
  screen.print(serverRows(servers, screen.frame()));
}

/** One row a server, and under the table why some of them do not work and what to do. */
export function serverRows(servers: readonly ServerStatus[], frame: Frame): Rows {
  const rows = servers.map((server) => {
    const { words, role, glyph } = statusWords(server);
    const status = frame.screenReader ? words : `${glyph} ${words}`;
    return [
      server.name,
      { text: status, role },
      transportWords(server),
      server.era ?? '',
      latencyWords(server),
      server.status === 'connected' ? String(server.tools) : '',
    ];
  });
  const head = ['server', 'status', 'via', 'era', 'latency', 'tools'];
  return [...tableRows(frame, { head, rows }), ...servers.flatMap((one) => remarks(one, frame))];
}

/** Why it fails, what to do next, and what else there is to know. */
export function remarks(server: ServerStatus, frame: Frame): Rows {
  const { error, notice } = server;
  const name = safeLine(server.name, 60);
  const arrow = frame.screenReader ? 'Next:' : '→';
  const failed = server.status === 'failed' || server.status === 'reconnecting';
  return [
    ...(error === undefined || !failed
      ? []
      : [
          ...textRows(`${name}: ${safeLine(error.message)}`, frame, { role: 'error', maxRows: 4 }),
          ...textRows(`${arrow} ${nextStep(server)}`, frame, {
            role: 'accent',
            indent: 2,
            maxRows: 3,
          }),
        ]),
    ...(notice === undefined
      ? []
      : textRows(`${name}: ${safeLine(notice)}`, frame, { role: 'dim', maxRows: 3 })),
  ].map((row) => (frame.theme.colors ? row : truncateRow(row, frame.columns)));
}

/** What to type in the chat; the engine's own hint where it knows more. */
export function nextStep(server: ServerStatus): string {
  if (wantsLogin(server)) return loginCommand(server);
  const { name, error } = server;
  const shown = safeLine(name, 60);
  switch (error?.code) {
    case 'auth_required':
    case 'auth_rejected':
      return `/servers auth ${shown} -H "Authorization: Bearer …"`;
    case 'server_unreachable':
    case 'timeout':
      return error.hint ?? `Is it up? Then: /servers reload ${shown}`;
    default:
      return error?.hint ?? `/servers reload ${shown}, or /servers logs ${shown}`;
  }
}
