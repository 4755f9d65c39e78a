import type { Answer, Asked, Audit, ProbeSession } from '../audit/types.js';

/** A POST into the victim's session that should have been refused, and what it did there. */
export interface ForbiddenPost {
  asked: Asked;
  answer: Answer;
  /** What arrived on the victim's stream because of it; undefined when the stream broke off meanwhile. */
  seen: readonly string[] | undefined;
}

/** GET of the endpoint with no credential at all. One request for all checks that look at its answer. */
export function getWithoutCredentials(audit: Audit): Promise<Answer> {
  return audit.once('get-without-credentials', () =>
    audit.send({
      what: 'GET without credentials',
      method: 'GET',
      as: audit.none,
      headers: [['Accept', 'text/event-stream']],
      timeoutMs: 3_000,
    }),
  );
}

/** `tools/list` into the victim's live session with no credential at all; shared, as above. */
export function postWithoutCredentials(audit: Audit): Promise<ForbiddenPost> {
  return audit.once('post-without-credentials', async () => {
    const asked = await audit.ask(audit.control.victim, 'tools/list', {
      as: audit.none,
      what: "POST without credentials into another's session",
    });
    return { asked, answer: asked.answer, seen: await seenBy(audit.control.victim, asked) };
  });
}

/** What arrived on a session's stream with the request's marker; nothing where it has no stream. */
export async function seenBy(
  session: ProbeSession,
  { marker }: Pick<Asked, 'marker'>,
): Promise<readonly string[] | undefined> {
  return session.stream === undefined ? [] : session.stream.seen(marker);
}

/** The answers to requests without credentials: of the event stream too, where there is one. */
export async function answersWithoutCredentials(audit: Audit): Promise<readonly Answer[]> {
  if (audit.era !== 'sse') return [(await postWithoutCredentials(audit)).answer];
  const [get, post] = await Promise.all([
    getWithoutCredentials(audit),
    postWithoutCredentials(audit),
  ]);
  return [get, post.answer];
}
