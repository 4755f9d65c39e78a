import type { JsonObject } from '../../core/json.js';
import { isResponseTo, parse } from './answers.js';
import type { Account } from './budget.js';
import type { Engine } from './engine.js';
import { ACCEPT, mergeHeaders, statelessHeaders, statelessParams } from './handshake.js';
import { send } from './send.js';
import type { LiveWatch } from './watch.js';
import type { AskOptions, Asked, ProbeSession } from './types.js';

const DEFAULT_MS = 5000;
/** Lists of tools are often larger than what is kept of other answers; cut, they could not be read. */
const LIST_BYTES = 1024 * 1024;

/** A JSON-RPC request to a session; the response is looked for in the answer, then on the session's stream. */
export async function ask(
  engine: Engine,
  account: Account,
  {
    session,
    method,
    options = {},
  }: { session: ProbeSession; method: string; options?: AskOptions },
): Promise<Asked> {
  const { as = session.as, timeoutMs = DEFAULT_MS, path = session.messagePath } = options;
  const { maxBytes = method === 'tools/list' ? LIST_BYTES : undefined } = options;
  const id = engine.nextId();
  const isStateless = session.era === 'stateless';
  const params = isStateless ? statelessParams(options.params) : options.params;
  const body: JsonObject = {
    jsonrpc: '2.0',
    id,
    method,
    ...(params === undefined ? {} : { params }),
  };
  const answer = await send(
    engine,
    {
      what: options.what ?? `${method} as ${as.label}`,
      method: 'POST',
      path,
      as,
      headers: mergeHeaders(
        [ACCEPT],
        session.headers,
        isStateless ? statelessHeaders(method, options.params) : [],
        options.headers ?? [],
      ),
      body,
      timeoutMs,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    },
    account,
  );
  let response: Promise<JsonObject | undefined> | undefined;
  return {
    answer,
    marker: id,
    response: () =>
      (response ??= findResponse(engine, { answer, stream: session.stream, id, timeoutMs })),
  };
}

interface Search {
  answer: Asked['answer'];
  stream: ProbeSession['stream'];
  id: string;
  timeoutMs: number;
}

async function findResponse(
  { signal }: Engine,
  { answer, stream, id, timeoutMs }: Search,
): Promise<JsonObject | undefined> {
  const inBody = answer.messages.find((message) => isResponseTo(message, id));
  if (inBody !== undefined || stream === undefined) return inBody;
  const response = (data: string) => parse(data).find((message) => isResponseTo(message, id));
  const { find } = stream as Partial<LiveWatch>;
  const event = await find?.(({ data }) => response(data) !== undefined, timeoutMs, signal);
  return event === undefined ? undefined : response(event.data);
}
