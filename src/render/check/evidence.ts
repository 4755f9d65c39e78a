import { STATUS_CODES } from 'node:http';
import type { Evidence } from '../../core/check-events.js';
import { block, line } from './safe.js';

/** `202 Accepted`, `0` never: then it is why nothing was answered. */
export function statusText({ status, problem }: Evidence): string {
  if (status === 0) return line(problem ?? 'no answer', 200);
  const name = STATUS_CODES[status];
  return name === undefined ? String(status) : `${status} ${name}`;
}

/** `POST /messages?sessionId=… → 202 Accepted, 12 ms`. */
export function exchangeLine(evidence: Evidence): string {
  const { method, path, ms } = evidence;
  return `${line(method, 40)} ${line(path, 300)} → ${statusText(evidence)}, ${Math.round(ms)} ms`;
}

/** The headers that say who asks; what else was sent seldom tells anything. */
export function tellingHeaders({ headers }: Evidence): string[] {
  return headers
    .filter(
      ([name]) =>
        !/^(?:accept|accept-encoding|content-type|content-length|user-agent)$/i.test(name),
    )
    .map(([name, value]) => headerLine(name, value));
}

function headerLine(name: string, value: string): string {
  return `${line(name, 100)}: ${line(value, 300)}`;
}

/** The exchange as it went over the wire, for reports with room; safe lines. */
export function transcript(evidence: Evidence): string[] {
  const { headers, body, responseHeaders, responseBody, seenOnStream = [], problem } = evidence;
  return [
    `${line(evidence.method, 40)} ${line(evidence.path)} HTTP/1.1`,
    ...headers.map(([name, value]) => headerLine(name, value)),
    ...bodyLines(body),
    '',
    evidence.status === 0 ? `(${statusText(evidence)})` : `HTTP/1.1 ${statusText(evidence)}`,
    ...responseHeaders.map(([name, value]) => headerLine(name, value)),
    ...bodyLines(responseBody),
    ...(evidence.status === 0 || problem === undefined ? [] : ['', `(${line(problem, 200)})`]),
    ...(seenOnStream.length === 0 ? [] : ['', 'Arrived on the watched stream:']),
    ...seenOnStream.map((event) => line(event)),
  ];
}

function bodyLines(body: string | undefined): string[] {
  return body === undefined || body === '' ? [] : ['', ...block(body).split('\n')];
}
