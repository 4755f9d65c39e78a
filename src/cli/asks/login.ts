import type { LoginAnswer, LoginRequest } from '../../core/asks.js';
import { showPage } from './page.js';
import type { Prompter } from './prompter.js';

/** Where to log in, and whether the browser of this machine is the one. */
export async function askLogin(
  prompter: Prompter,
  request: LoginRequest,
  elsewhere: boolean,
): Promise<LoginAnswer> {
  const { server, url, host } = request;
  prompter.head(`${server} wants you to log in:`);
  showPage(prompter, { url, host });
  if (elsewhere) return askRedirect(prompter, request);
  const answer = await prompter.choose(`Log in at ${host}?`, [
    { value: 'open' as const, label: 'Open it in the browser' },
    { value: 'manual' as const, label: 'I open it on another device' },
    { value: 'cancel' as const, label: 'Cancel' },
  ]);
  if (answer === 'manual') return askRedirect(prompter, request);
  if (answer !== 'open') return { kind: 'cancel' };
  prompter.tell('Waiting for the browser. Ctrl+C ends it.');
  return { kind: 'open' };
}

async function askRedirect(
  prompter: Prompter,
  { redirectUri }: LoginRequest,
): Promise<LoginAnswer> {
  prompter.tell(
    `After the login the browser is sent to ${redirectUri}. When it cannot reach that, copy the whole address from its address bar.`,
  );
  const redirected = await prompter.text({
    message: 'The address you end at',
    validate: (text) => (text.trim() === '' ? 'Paste the address, or press Escape.' : undefined),
  });
  return redirected === undefined ? { kind: 'cancel' } : { kind: 'manual', redirected };
}
