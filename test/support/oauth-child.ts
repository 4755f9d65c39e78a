/** One run of the program as far as src/mcp: connects to $URL without a person, adds 2 and 3, tells the sum. */
import { startServer } from '../../src/mcp/start.js';
import { remote } from '../servers/definitions.js';
import { quiet, textOf } from '../servers/connect.js';

const server = remote(process.env['URL'] ?? '');
const connection = await startServer(server, { env: process.env })(quiet);
const sum = await connection.call('add_numbers', { number1: 2, number2: 3 }, quiet);
process.stdout.write(textOf(sum));
await connection.close();
