import type { IncomingMessage } from 'node:http';

/**
 * Every value of a header as it was sent. `req.headers` hides repetitions: of two `Authorization`
 * lines it shows the first, and a proxy in front may have judged the second.
 */
export function rawValues(req: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    if (req.rawHeaders[at]?.toLowerCase() === name) values.push(req.rawHeaders[at + 1] ?? '');
  }
  return values;
}
