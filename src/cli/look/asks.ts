import { createCommandAsks, type CommandAsks } from '../../app/workbench/asks.js';
import { hasAskFlags } from '../../config/ask-flags.js';
import { DEFAULTS, type Settings } from '../../config/types.js';
import type { ChatAsks } from '../../core/chat.js';
import { stamp, type AgentEventBody } from '../../core/events.js';
import { askLine } from '../../render/ask-lines.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';
import type { Notes } from './notes.js';

export interface AskingCommand {
  flags: Flags;
  io: Io;
  notes: Notes;
  /** Answers what the server asks; left out where nobody is there, or nothing is worth a question. */
  person?: ChatAsks | undefined;
}

/** What servers may ask of this command: by its settings, or else by flags and variables alone. */
export async function commandAsks(
  { flags, io, notes, person }: AskingCommand,
  settings: Settings | undefined,
): Promise<CommandAsks> {
  const place = { flags, env: io.env, cwd: io.cwd };
  const load = () => import('../../config/flag-settings.js');
  const given = hasAskFlags(place) ? async () => (await load()).readAskFlags(place) : undefined;
  return createCommandAsks({
    settings: settings ?? (await given?.()) ?? DEFAULTS,
    model: async () => settings?.model ?? (await load()).readModelFlags(place),
    env: io.env,
    person,
    emit: (event) => tell(event, notes),
  });
}

function tell(body: AgentEventBody, notes: Notes): void {
  const event = stamp(body);
  switch (event.type) {
    case 'log':
      return notes.warn(event.message);
    case 'login':
      return notes.say(`  ${askLine(event, cut).text}`);
    case 'sampling_result': {
      const line = `  ${askLine(event, cut).text}`;
      // What else came of it is told as a warning.
      return event.status === 'answered' ? notes.say(line) : notes.detail(line);
    }
    case 'elicitation':
    case 'elicitation_result':
    case 'sampling':
      return notes.detail(`  ${askLine(event, cut).text}`);
    default:
      return undefined;
  }
}

/** Notes make it safe. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
