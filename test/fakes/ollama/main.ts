/** The fake by hand: `node --import tsx test/fakes/ollama/main.ts [port]`, then `OLLAMA_HOST=<the printed URL>`. */
import { startFakeOllama } from './index.js';

const fake = await startFakeOllama({ port: Number(process.argv[2] ?? 0) });
process.stdout.write(`${fake.url}\n`);
