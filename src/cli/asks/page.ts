import type { ElicitationAnswer, UrlRequest } from '../../core/asks.js';
import { pageWarnings } from '../../core/ask-warnings.js';
import { OstlerError } from '../../core/errors.js';
import type { Prompter } from './prompter.js';

/** A page of the person's own browser: all of its address is shown, and it is opened on a yes. */
export async function askPage(
  prompter: Prompter,
  { server, message, url, host }: UrlRequest,
  env: NodeJS.ProcessEnv,
): Promise<ElicitationAnswer> {
  prompter.head(`${server} wants you to open a page:`);
  prompter.tell(message);
  showPage(prompter, { url, host });
  const answer = await prompter.choose(`Open this page of ${host}?`, [
    { value: 'decline' as const, label: 'Decline', hint: 'the server is told no' },
    { value: 'open' as const, label: 'Open it in the browser' },
    { value: 'elsewhere' as const, label: 'I open it myself' },
    {
      value: 'cancel' as const,
      label: 'Cancel',
      hint: 'the server is told that nothing was decided',
    },
  ]);
  if (answer === undefined || answer === 'cancel') return { action: 'cancel' };
  if (answer === 'decline') return { action: 'decline' };
  if (answer === 'open') await open(prompter, url, env);
  return { action: 'accept' };
}

/** The address in full, its host on a row of its own, and what is odd about it. */
export function showPage(prompter: Prompter, { url, host }: { url: string; host: string }): void {
  prompter.tell(`Host: ${host}`);
  for (const warning of pageWarnings(url)) prompter.warn(warning);
  prompter.plain(url);
}

async function open(prompter: Prompter, url: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const { openBrowser } = await import('../../mcp/auth/browser.js');
    await openBrowser(url, { env, signal: prompter.signal });
  } catch (error) {
    if (!(error instanceof OstlerError) || prompter.signal.aborted) throw error;
    prompter.warn(`${error.message} ${error.hint ?? ''}`.trim());
  }
}
