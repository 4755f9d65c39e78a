/** A browser for tests: follows redirects with cookies until a page comes. As a program it takes one URL and tells its command line to $FAKE_BROWSER_LOG. */
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import { pathToFileURL } from 'node:url';

/** @returns {Promise<{ status: number, url: string, body: string }>} the page it ends at */
export async function playBrowser(start, { stopAt } = {}) {
  const cookies = new Map();
  let url = new URL(start);
  for (let hops = 0; hops < 20; hops += 1) {
    if (stopAt !== undefined && url.href.startsWith(stopAt))
      return { status: 0, url: url.href, body: '' };
    const jar = cookies.get(url.host) ?? new Map();
    cookies.set(url.host, jar);
    const answer = await get(url, [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const line of answer.cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined) jar.set(name, value);
    }
    if (answer.location === undefined)
      return { status: answer.status, url: url.href, body: answer.body };
    url = new URL(answer.location, url);
  }
  throw new Error('too many redirects');
}

function get(url, cookie) {
  return new Promise((resolve, reject) => {
    const request = http.get(
      url,
      { agent: false, headers: cookie === '' ? {} : { cookie } },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            cookies: response.headers['set-cookie'] ?? [],
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.on('error', reject);
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const words = process.argv.slice(2);
  const { FAKE_BROWSER_LOG: log, FAKE_BROWSER_IDLE: idle } = process.env;
  if (log !== undefined) appendFileSync(log, `${JSON.stringify(words)}\n`);
  if (idle === undefined) await playBrowser(words[0]);
}
