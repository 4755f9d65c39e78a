import { createInterface } from 'node:readline/promises';
import type { Io } from '../io.js';

/** True when somebody can be asked: both ends are a terminal. */
export function canAsk(stdin: Io['stdin'], output: Io['stdout']): boolean {
  return stdin.isTTY && output.isTTY === true;
}

/** Asks for a yes on the terminal; Ctrl-C, Ctrl-D and everything but `y` and `yes` are a no. */
export async function askYes(
  stdin: Io['stdin'],
  output: Io['stdout'],
  question: string,
): Promise<boolean> {
  const readline = createInterface({ input: stdin, output });
  const closed = new Promise<string>((resolve) => {
    readline.once('close', () => resolve(''));
  });
  try {
    const answer = await Promise.race([
      readline.question(`${question} [y/N] `).catch(() => ''),
      closed,
    ]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    readline.close();
  }
}
