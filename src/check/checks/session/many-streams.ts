import type { Answer, Audit, Check, Finding } from '../../audit/types.js';
import { isServed, sentence, told } from '../judged.js';
import { harmlessMethod } from '../raw-post.js';
import { cwe } from '../references.js';

/** SESS-13 */
export const manyStreams: Check = {
  id: 'SESS-13',
  title: 'Many open streams of one client are limited, or borne.',
  severity: 'low',
  keyword: 'advice',
  eras: ['sse', 'sessions'],
  references: [cwe(770)],
  expected: '429 or 503 from some number on, or all are served; the first session works on.',
  remedy: 'Limit the sessions and open streams of one principal, and answer 429 or 503 above that.',
  active: true,
  requests: 21,
  thoroughRequests: 101,
  stage: 'last',
  async run(audit) {
    const wanted = audit.thorough ? 50 : 10;
    const opened = await openMany(audit, wanted);
    const asked = await audit.ask(audit.control.victim, harmlessMethod(audit), {
      what: `POST into the first session while ${opened.count} more are open`,
    });
    const answered = await asked.response();
    await Promise.all(opened.close.map((close) => close()));
    return judge({ ...opened, wanted }, { answer: asked.answer, works: answered !== undefined });
  },
};

interface Opened {
  count: number;
  /** What ended it before the wanted number. */
  refused: Answer | undefined;
  close: (() => Promise<void>)[];
}

async function openMany(audit: Audit, wanted: number): Promise<Opened> {
  const close: (() => Promise<void>)[] = [];
  for (let count = 0; count < wanted; count += 1) {
    const session = await audit.open(audit.good, { handshake: 'none', stream: true });
    if ('refused' in session) return { count, refused: session.refused, close };
    close.push(session.close);
  }
  return { count: wanted, refused: undefined, close };
}

function judge(
  { count, refused, wanted }: Opened & { wanted: number },
  after: { answer: Answer; works: boolean },
): Finding {
  const evidence = [...(refused === undefined ? [] : [refused]), after.answer];
  if (!isServed(after.answer) || !after.works) {
    const reason = sentence([`with ${count} more streams open, ${told(after.answer)}`]);
    return { outcome: 'fail', reason, evidence };
  }
  if (refused === undefined) {
    return {
      outcome: 'pass',
      reason: `${wanted} more streams are open, and all is well.`,
      evidence,
    };
  }
  if (refused.status === 0 || refused.status >= 500) {
    const clean = refused.status === 503;
    const reason = sentence([`after ${count} more, ${told(refused)}`]);
    return { outcome: clean ? 'pass' : 'warn', reason, evidence };
  }
  return { outcome: 'pass', reason: `Limited after ${count} (${refused.status}).`, evidence };
}
