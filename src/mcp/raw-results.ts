import type { RequestOptions, StandardSchemaV1 } from '@modelcontextprotocol/client';
import { isRecord } from '../core/json.js';
import type { Client } from './sdk.js';
import type { OwnTransport } from './transport.js';

/** Takes any result: the parts that matter are looked at where they are used. */
export const ANY_RESULT: StandardSchemaV1<unknown, unknown> = {
  '~standard': { version: 1, vendor: 'ostler', validate: (value) => ({ value }) },
};

/** A request whose answer comes as the server sent it. */
export type Ask = (
  method: string,
  params: Record<string, unknown>,
  options: RequestOptions & { allowInputRequired?: true },
) => Promise<Record<string, unknown>>;

/** What the SDK gets to see in the place of the part that may be malformed or long. */
const STAND_INS: Readonly<Record<string, readonly [key: string, value: () => unknown]>> = {
  'tools/list': ['tools', () => []],
  'prompts/list': ['prompts', () => []],
  'prompts/get': ['messages', () => []],
  'resources/list': ['resources', () => []],
  'resources/templates/list': ['resourceTemplates', () => []],
  'resources/read': ['contents', () => []],
  'completion/complete': ['completion', () => ({ values: [] })],
};

interface Slot {
  method: string;
  raw?: Record<string, unknown>;
}

/**
 * Takes results before the SDK sees them: it would refuse a whole page for one malformed item, and
 * take 60 ms to look at 500 good ones. Call it before the client is connected.
 */
export function tapResults(client: Client, transport: OwnTransport): Ask {
  const slots = new Map<unknown, Slot>();
  let sending: Slot | undefined;

  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    // The SDK sends within the call of `request`, so this is its message.
    if (sending !== undefined && 'id' in message) slots.set(message.id, sending);
    sending = undefined;
    return send(message, options);
  };
  const before = transport.onmessage;
  transport.onmessage = (message, extra) => {
    before?.(message, extra);
    if (!('result' in message) || !isRecord(message.result)) return;
    // Left out it means `complete`; the SDK would refuse the answer of a call that has acted.
    if (client.getProtocolEra() === 'modern') message.result['resultType'] ??= 'complete';
    const slot = slots.get(message.id);
    if (slot === undefined) return;
    const [key, value] = STAND_INS[slot.method] ?? [];
    if (key === undefined || !(key in message.result)) return;
    slot.raw = { ...message.result };
    message.result[key] = value?.();
    delete message.result['nextCursor'];
  };

  const asked = <T>(slot: Slot, request: () => T): T => {
    sending = slot;
    try {
      return request();
    } finally {
      sending = undefined;
    }
  };

  return async (method, params, options) => {
    const slot: Slot = { method };
    try {
      const result = await asked(slot, () =>
        client.request({ method, params }, ANY_RESULT, options),
      );
      return slot.raw ?? (isRecord(result) ? result : {});
    } finally {
      for (const [id, one] of slots) if (one === slot) slots.delete(id);
    }
  };
}
