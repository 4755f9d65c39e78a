import { delay } from '../core/wait.js';
import type { Link } from './link.js';
import { ProtocolError } from './sdk.js';

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

export interface ListenOptions {
  signal: AbortSignal;
  onNotification: (notification: { method: string }) => void;
  onTrouble: () => void;
}

/**
 * Asks a server of the 2026-07-28 revision to tell of changed lists (`subscriptions/listen`), as far
 * as it declares that it does, and asks again when the stream ends. Does nothing in the old revisions.
 */
export function listenForChanges(link: Link, options: ListenOptions): void {
  const { client } = link;
  if (client.getProtocolEra() !== 'modern') return;
  const { tools, prompts, resources } = client.getServerCapabilities() ?? {};
  const filter = {
    ...(tools?.listChanged === true ? { toolsListChanged: true } : {}),
    ...(prompts?.listChanged === true ? { promptsListChanged: true } : {}),
    ...(resources?.listChanged === true ? { resourcesListChanged: true } : {}),
  };
  // It ends with the signal; what fails in between is tried again.
  if (Object.keys(filter).length > 0) keepListening(link, filter, options).catch(() => {});
}

type Filter = Parameters<Link['client']['listen']>[0];

async function keepListening(link: Link, filter: Filter, options: ListenOptions): Promise<void> {
  const { signal, onNotification, onTrouble } = options;
  let wait = FIRST_MS;
  for (let first = true; !signal.aborted; first = false) {
    try {
      const subscription = await link.client.listen(filter);
      // What changed while nobody listened.
      if (!first) for (const method of methodsOf(filter)) onNotification({ method });
      const startedAt = Date.now();
      await subscription.closed;
      if (Date.now() - startedAt > LONGEST_MS) wait = FIRST_MS;
    } catch (error) {
      // It declares what it does not do: then there is nothing to hear.
      if (error instanceof ProtocolError) return;
    }
    if (signal.aborted) return;
    onTrouble();
    await delay(wait, signal);
    wait = Math.min(LONGEST_MS, wait * 2);
  }
}

function methodsOf(filter: Filter): string[] {
  return (['tools', 'prompts', 'resources'] as const)
    .filter((list) => filter[`${list}ListChanged`] === true)
    .map((list) => `notifications/${list}/list_changed`);
}
