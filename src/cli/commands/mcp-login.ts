import type { Command } from 'commander';
import type { Io } from '../io.js';
import type { Done } from './command.js';

/** `ostler mcp login` and `ostler mcp logout`. */
export function addLogin(mcp: Command, _io: Io, _done: Done): void {
  mcp.command('login').argument('<server>').description('log in to a server that asks for it');
}
