import { randomInt } from 'node:crypto';
import type { ProbeSession } from '../../audit/types.js';

const HEADER = 'mcp-session-id';

/**
 * A session that claims other ids in place of its own: none, one (`''` is an empty one) or several. They are
 * written as they are, so they come percent-encoded where a URL carries them. Undefined where the id has no
 * place that could be changed, or not so.
 */
export function withSessionIds(
  session: ProbeSession,
  ids: readonly string[],
): ProbeSession | undefined {
  if (session.id === undefined) return undefined;
  if (session.era !== 'sse') {
    const kept = session.headers.filter(([name]) => name.toLowerCase() !== HEADER);
    const claimed = ids.map((id) => ['Mcp-Session-Id', id] as const);
    return { ...session, id: ids[0], headers: [...kept, ...claimed] };
  }
  const messagePath = withIdsInPath(session.messagePath, session.id, ids);
  return messagePath === undefined ? undefined : { ...session, id: ids[0], messagePath };
}

function withIdsInPath(path: string, id: string, ids: readonly string[]): string | undefined {
  const [before = '', ...rest] = path.split('?');
  const pairs = rest.join('?').split('&');
  const at = pairs.findIndex((pair) => decoded(pair.slice(pair.indexOf('=') + 1)) === id);
  if (at >= 0) {
    const name = (pairs[at] ?? '').split('=')[0] ?? '';
    const query = pairs.toSpliced(at, 1, ...ids.map((other) => `${name}=${other}`)).join('&');
    return query === '' ? before : `${before}?${query}`;
  }
  const segments = before.split('/');
  const segment = segments.findIndex((part) => decoded(part) === id);
  if (segment < 0 || ids.length > 1) return undefined;
  const query = rest.length === 0 ? '' : `?${rest.join('?')}`;
  return `${segments.toSpliced(segment, 1, ...ids).join('/')}${query}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** The name of the query parameter that carries the id; `sessionId` where it stands in the path. */
export function idParameter({ messagePath, id }: ProbeSession): string {
  const query = messagePath.split('?').slice(1).join('?');
  const pair = query.split('&').find((part) => decoded(part.slice(part.indexOf('=') + 1)) === id);
  return pair?.split('=')[0] ?? 'sessionId';
}

const CLASSES = ['0123456789', 'abcdef', 'ghijklmnopqrstuvwxyz', 'ABCDEF', 'GHIJKLMNOPQRSTUVWXYZ'];

/** An id of the same form that nobody has: each letter and digit replaced by one of its kind. */
export function similarId(id: string): string {
  return Array.from(id, (character, at) => {
    // The version and variant of a UUID make it one.
    if (/^[\da-f]{8}-/i.test(id) && (at === 14 || at === 19)) return character;
    const kind = CLASSES.find((letters) => letters.includes(character));
    return kind === undefined ? character : (kind[randomInt(kind.length)] ?? character);
  }).join('');
}
