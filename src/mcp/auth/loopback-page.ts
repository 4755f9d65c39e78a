import type { ServerResponse } from 'node:http';

/** What a browser shows; nothing of the request is in it. */
const TEXTS = {
  done: ['Logged in', 'You can close this window and go back to the terminal.'],
  refused: ['Not logged in', 'The terminal says why. You can close this window.'],
  404: ['Not found', 'There is nothing here, or the login is over.'],
  400: ['Not this login', 'This address does not belong to the login that is waited for.'],
} as const;

/** Answers with a small page: no script, nothing kept, the connection ends. */
export function page(
  response: ServerResponse,
  status: 200 | 400 | 404,
  text: keyof typeof TEXTS = status === 200 ? 'done' : status,
): void {
  const [title, line] = TEXTS[text];
  const body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title} - ostler</title>
<body style="font-family: system-ui, sans-serif; margin: 4em auto; max-width: 36em">
<h1>${title}</h1>
<p>${line}</p>
</html>
`;
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(body);
}
