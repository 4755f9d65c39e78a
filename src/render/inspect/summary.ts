import type { Rung } from '../../core/rungs.js';
import { duration } from './lines.js';
import type { Climbed } from './types.js';

/** `Streamable HTTP, math 1.0, protocol 2025-11-25, 2 tools, 34 ms`. The server's own words are in it. */
export function serverSummary({ rungs, ms }: Climbed): string {
  const find = (name: Rung['name']) => rungs.find((rung) => rung.name === name)?.text;
  const transport = find('transport')?.replace(/(?: \(|:).*$/s, '');
  const handshake = find('handshake')?.replace(/ \((?:stateless|with initialize)\)$/, '');
  const parts = [transport ?? 'stdio', handshake, find('lists'), duration(ms)];
  return parts.filter((part) => part !== undefined).join(', ');
}
