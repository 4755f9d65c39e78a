import { isRecord } from '../../core/json.js';
import { withSignal } from '../../core/wait.js';
import type { ProtocolError } from '../sdk.js';
import type { Incoming } from './incoming.js';
import { INVALID_PARAMS, Refusal, REJECTED } from './refusal.js';
import type { RunningCall } from './types.js';

/** Pages one refusal may want opened. */
const MAX_PAGES = 5;

export interface PagesAsked {
  incoming: Incoming;
  call: RunningCall;
  signal: AbortSignal;
  /** Makes the refused call once more. */
  retry: () => Promise<unknown>;
  isRequired: (error: unknown) => error is ProtocolError;
}

/**
 * A call was refused because pages have to be visited first (URLElicitationRequired,
 * 2025-11-25/client/elicitation#url-elicitation-required-error). Offers them, and calls again once
 * the person agreed to all; refused once more, it waits for word that they are done, and calls a
 * last time. Rejects with a `Refusal` when the person did not agree.
 */
export async function offerPages(
  error: ProtocolError,
  { incoming, call, signal, retry, isRequired }: PagesAsked,
): Promise<unknown> {
  const pages = pagesOf(error);
  const open = new Set(pages.flatMap(({ id }) => (id === undefined ? [] : [id])));
  let onDone: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    onDone = resolve;
  });
  const stop = incoming.onComplete((id) => {
    if (open.delete(id) && open.size === 0) onDone();
  });
  try {
    for (const { params } of pages) {
      const method = 'elicitation/create';
      const answer = await incoming.answer({ method, params, calls: [call], signal });
      if (answer['action'] !== 'accept') throw new Refusal(REJECTED, 'the page was not opened');
    }
    try {
      return await retry();
    } catch (again) {
      if (!isRequired(again) || open.size === 0) throw again;
      await withSignal(done, signal);
      return await retry();
    }
  } finally {
    stop();
  }
}

interface Page {
  params: Record<string, unknown>;
  id: string | undefined;
}

function pagesOf({ data, message }: ProtocolError): Page[] {
  const listed = isRecord(data) ? data['elicitations'] : undefined;
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > MAX_PAGES) {
    throw new Refusal(INVALID_PARAMS, `it asked for no pages, or for more than ${MAX_PAGES}`);
  }
  return listed.map((one: unknown) => {
    const page = isRecord(one) ? one : {};
    const id = page['elicitationId'];
    // Only pages are asked for this way, whatever mode it says.
    const params = { message, ...page, mode: 'url' };
    return { params, id: typeof id === 'string' ? id : undefined };
  });
}
