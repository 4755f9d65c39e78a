import { isRecord } from '../core/json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { Link } from './link.js';
import { walkPages } from './pages.js';
import { keepRaw } from './raw-of.js';
import { assertOffered, request } from './requests.js';
import { toResource } from './result.js';
import { ProtocolError } from './sdk.js';
import { nameOf, skippedMessage } from './skipped.js';
import type { ServerResource, ToolContent } from './types.js';

/** Characters of a URI or URI template. */
const MAX_URI_CHARS = 8192;
/** Contents of one answer to `resources/read`. */
const MAX_CONTENTS = 1000;
const METHOD_NOT_FOUND = -32_601;

type Warn = (message: string) => void;

/** The two lists of resources. */
const LISTS = {
  resources: { method: 'resources/list', uri: 'uri' },
  resourceTemplates: { method: 'resources/templates/list', uri: 'uriTemplate' },
} as const;

/**
 * All pages of `resources/list` and `resources/templates/list` (server/resources); malformed ones
 * are left out with a warning.
 */
export async function listResources(
  link: Link,
  signal: AbortSignal,
  onWarning: Warn,
): Promise<readonly ServerResource[]> {
  if (link.client.getServerCapabilities()?.resources === undefined) return [];
  const [resources, templates] = await Promise.all([
    listOf(link, 'resources', signal, onWarning),
    listOf(link, 'resourceTemplates', signal, onWarning).catch((error: unknown) => {
      // Templates came later than resources; many servers have none.
      if (isUnknownMethod(error)) return [];
      throw error;
    }),
  ]);
  return [...resources, ...templates];
}

function listOf(
  link: Link,
  key: keyof typeof LISTS,
  signal: AbortSignal,
  onWarning: Warn,
): Promise<readonly ServerResource[]> {
  const { method } = LISTS[key];
  return link.lists.through(method, (onPage) =>
    readList(link, key, onWarning, async (cursor) =>
      onPage(await request(link, method, cursor === undefined ? {} : { cursor }, signal)),
    ),
  );
}

async function readList(
  link: Link,
  key: keyof typeof LISTS,
  onWarning: Warn,
  fetchPage: Parameters<typeof walkPages>[0],
): Promise<ServerResource[]> {
  const { method, uri } = LISTS[key];
  const server = link.server.id;
  const found: ServerResource[] = [];
  const skipped: string[] = [];
  const onItem = (raw: unknown) => {
    const resource = toServerResource(raw, uri);
    if (resource === undefined) skipped.push(nameOf(raw, uri));
    else found.push(keepRaw(resource, raw));
  };
  await walkPages(fetchPage, { server, method, key, onItem });
  if (skipped.length > 0) onWarning(skippedMessage(server, 'malformed resource(s)', skipped));
  return found;
}

/** `resources/read` (server/resources#reading-resources). */
export async function readResource(
  link: Link,
  uri: string,
  signal: AbortSignal,
): Promise<ToolContent[]> {
  assertOffered(link, 'resources');
  const result = await request(link, 'resources/read', { uri }, signal);
  const contents: unknown[] = Array.isArray(result['contents']) ? result['contents'] : [];
  return keepRaw(contents.slice(0, MAX_CONTENTS).map(toResource), result);
}

function toServerResource(raw: unknown, key: 'uri' | 'uriTemplate'): ServerResource | undefined {
  if (!isRecord(raw)) return undefined;
  const { [key]: uri, name, title, description, mimeType } = raw;
  if (typeof uri !== 'string' || uri === '' || uri.length > MAX_URI_CHARS) return undefined;
  // A URI is typed and sent back as it is, so one that cannot be shown cannot be used.
  if (toTerminalLine(uri) !== uri) return undefined;
  return {
    uri,
    name: typeof name === 'string' ? name : uri,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof mimeType === 'string' ? { mimeType } : {}),
    template: key === 'uriTemplate',
  };
}

function isUnknownMethod(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof ProtocolError && cause.code === METHOD_NOT_FOUND;
}
