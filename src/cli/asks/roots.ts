import type { AskRoots } from '../../core/asks.js';
import type { Prompter } from './prompter.js';

/** Whether a server may know of these folders. No is the default. */
export async function askRoots(
  prompter: Prompter,
  { server, roots }: Parameters<AskRoots>[0],
): Promise<boolean> {
  prompter.head(`${server} wants to know your folders:`);
  for (const { uri, name } of roots) {
    prompter.tell(name === undefined || name === '' ? uri : `${uri} (${name})`);
  }
  const answer = await prompter.choose(`Tell ${server} of them?`, [
    { value: false, label: 'No' },
    {
      value: true,
      label: 'Yes',
      hint: 'it is told their paths; files are read by the server itself',
    },
  ]);
  return answer === true;
}
