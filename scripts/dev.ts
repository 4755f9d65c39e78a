/** Runs the program from its sources: `npm run dev -- <arguments>`. */
import { main } from '../src/cli/main.js';

process.exit(await main(process.argv.slice(2)));
