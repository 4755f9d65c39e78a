import { delay } from '../core/wait.js';
import type { Link } from './link.js';
import { ProtocolError } from './sdk.js';

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

export interface ListenOptions {
  signal: AbortSignal;
  onNotification: (notification: { method: string; params?: { uri: string } }) => void;
  onTrouble: () => void;
  /** The server acknowledged: what it will tell of, of all that it was asked for. */
  onHonored?: (honored: Filter) => void;
  onWarning?: (message: string) => void;
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

export type Filter = Parameters<Link['client']['listen']>[0];

/** Listens until the signal fires; rejects when the server refuses, or with the signal. */
export async function keepListening(
  link: Link,
  filter: Filter,
  options: ListenOptions,
): Promise<void> {
  const { signal, onNotification, onTrouble } = options;
  let wait = FIRST_MS;
  for (let first = true; !signal.aborted; first = false) {
    try {
      const subscription = await link.client.listen(filter, { signal });
      if (first) acknowledged(link, filter, subscription.honoredFilter, options);
      // What changed while nobody listened.
      if (!first) missed(filter, onNotification);
      const startedAt = Date.now();
      await subscription.closed;
      if (Date.now() - startedAt > LONGEST_MS) wait = FIRST_MS;
    } catch (error) {
      // It declares what it does not do: then there is nothing to hear.
      if (error instanceof ProtocolError) throw error;
    }
    if (signal.aborted) return;
    onTrouble();
    await delay(wait, signal);
    wait = Math.min(LONGEST_MS, wait * 2);
  }
}

/** A server may honour less than it was asked for (2026-07-28/basic/patterns/subscriptions). */
function acknowledged(
  { server }: Link,
  filter: Filter,
  honored: Filter,
  { onHonored, onWarning }: ListenOptions,
): void {
  const refused = listsOf(filter).filter((list) => honored[`${list}ListChanged`] !== true);
  if (refused.length > 0) {
    onWarning?.(`${server.id} does not tell of changed ${refused.join(', ')}, as it declares`);
  }
  onHonored?.(honored);
}

function missed(filter: Filter, onNotification: ListenOptions['onNotification']): void {
  for (const list of listsOf(filter)) {
    onNotification({ method: `notifications/${list}/list_changed` });
  }
  for (const uri of filter.resourceSubscriptions ?? []) {
    onNotification({ method: 'notifications/resources/updated', params: { uri } });
  }
}

function listsOf(filter: Filter): ('tools' | 'prompts' | 'resources')[] {
  return (['tools', 'prompts', 'resources'] as const).filter(
    (list) => filter[`${list}ListChanged`] === true,
  );
}
