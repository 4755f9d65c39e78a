/** What the fake Ollama says where it is about text and not about tools. */

const PROSE =
  'A host sits between a model and its servers: it **asks**, it `calls`, and it shows what came back. ' +
  'Each of these steps can fail, and a person who reads along should see at once which of them did.';

/** A section with everything a terminal has to lay out, about 1,100 characters. */
function section(index) {
  const name = `mark${String(index).padStart(4, '0')}`;
  return `## Section ${index}: ${name}

${PROSE}

- the first point of *${index}*, with a [link](https://example.com/${index})
- the second point, which is longer than the others and will need a second line on a narrow screen
  - a nested point

| server | tools | state |
|--------|------:|-------|
| math   | ${index} | connected |
| shell  | ${index * 3} | reconnecting |

\`\`\`ts
export async function connect${index}(url: URL, signal: AbortSignal): Promise<Connection> {
  const started = performance.now();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal });
  if (!response.ok) throw new Error(\`\${response.status} after \${performance.now() - started} ms\`);
  return open(response, { retries: ${index % 5} });
}
\`\`\`

> ${PROSE}

`;
}

/** A Markdown document of that many characters; its last word is \`finis\`. */
function markdown(characters) {
  let text = '';
  for (let index = 1; text.length < characters; index += 1) text += section(index);
  // Cut between blocks, so that the last line is a paragraph.
  const end = text.lastIndexOf('\n## ', characters);
  return `${end > 0 ? text.slice(0, end) : ''}\n\nfinis\n`;
}

/** About 200 characters that name the number of the prompt \`turn 17 …\`. */
function turnAnswer(prompt) {
  const [, number] = /turn (\d+)/.exec(prompt) ?? [];
  return `${PROSE.slice(0, 180)}\n\nanswer-${number}.`;
}

module.exports = { markdown, turnAnswer };
