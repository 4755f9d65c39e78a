import type { Check } from '../check/audit/types.js';
import type { RemoteServer } from '../config/types.js';
import { isHarmlessHeader, maskUrl } from '../config/secrets.js';
import type { CheckInfo } from '../core/check-events.js';
import { OstlerError } from '../core/errors.js';
import { REDACTED, redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { count } from '../render/check/report.js';
import type { Paint } from '../render/style.js';
import { formatTable } from '../render/table.js';
import type { CheckOptions, ReporterName } from './check-options.js';

/** The catalogue in one of the forms that hold one. Throws `usage` for the others. */
export async function formatList(
  checks: readonly CheckInfo[],
  { reporter, ...look }: { reporter: ReporterName; paint: Paint; columns: number | undefined },
): Promise<string> {
  const lists = await import('../render/check/list.js');
  if (reporter === 'text') return lists.toTextList(checks, look);
  if (reporter === 'json') return lists.toJsonList(checks);
  if (reporter === 'markdown') return lists.toMarkdownList(checks);
  throw new OstlerError('usage', `--list has no form for ${reporter}.`, {
    hint: 'Take text, json or markdown.',
  });
}

/** What would be sent, as `--plan` tells it; nothing is. */
export function formatPlan(
  server: RemoteServer,
  checks: readonly Check[],
  { maxRequests, rate, thorough }: Pick<CheckOptions, 'maxRequests' | 'rate' | 'thorough'>,
): string {
  const requestsOf = ({ requests, thoroughRequests = requests }: Check) =>
    thorough ? thoroughRequests : requests;
  const names = server.headers.filter(([name]) => !isHarmlessHeader(name)).map(([name]) => name);
  const total = checks.reduce((sum, check) => sum + requestsOf(check), 0);
  const speed = rate === 'unlimited' ? 'as fast as it answers' : `${rate} a second`;
  const rows = checks.map((check) => [
    check.id,
    String(requestsOf(check)),
    check.eras.join(' '),
    check.title,
  ]);
  return [
    `${toTerminalLine(redact(maskUrl(new URL(server.url), REDACTED)))}\n`,
    `credentials in ${names.length === 0 ? 'no header' : names.join(', ')}\n`,
    `at most ${count(Math.min(total, maxRequests), 'request')}, ${speed}; nothing is sent now\n\n`,
    formatTable(['CHECK', 'REQUESTS', 'ERAS', 'WHAT HOLDS WHEN IT PASSES'], rows),
  ].join('');
}
