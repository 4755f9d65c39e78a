import { describe, expect, it } from 'vitest';
import type { AgentEventBody } from '../../../src/core/events.js';
import { createSink } from '../../../src/render/sink.js';
import { renderText } from '../../../src/render/text.js';
import { createTheme } from '../../../src/render/theme.js';
import { init, RUN, result, says, Screen, streamOf } from './fixtures.js';

const ESC = '\u001b';

/** The pieces that were written to each stream. */
async function renderMarkdownText(
  events: readonly AgentEventBody[],
  { isTTY = true, columns = 40 } = {},
) {
  const stdout = new Screen({ isTTY });
  const stderr = new Screen({ isTTY: true });
  await renderText(streamOf(events), {
    stdout: createSink(stdout),
    stderr: createSink(stderr),
    level: 'normal',
    color: false,
    markdown: { columns: () => columns, theme: createTheme('dark', true), hyperlinks: false },
  });
  return { stdout, stderr };
}

const answer = (text: string, size = 5): AgentEventBody[] => [
  init(),
  ...(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).map((piece) => says(piece, true)),
  says(text, false),
  result(text),
];

describe('text with Markdown', () => {
  it('prints finished rows alone, as they come, and never goes back', async () => {
    const { stdout } = await renderMarkdownText(
      answer('# One\n\n**two** three\n\n```ts\nconst a\n```\n'),
    );
    expect(stdout.pieces.map((piece) => piece.replaceAll(/\u001b\[\d+m/g, ''))).toEqual([
      'One\n',
      '\ntwo three\n',
      '\n  ts\n  const a\n',
    ]);
    expect(stdout.text).toContain(`${ESC}[1mtwo${ESC}[22m three\n`);
    expect(stdout.text).toContain(`${ESC}[35mconst${ESC}[39m a\n`);
    expect(stdout.text.replaceAll(/\u001b\[\d+m/g, '')).not.toContain(ESC);
  });

  it('ends each message with its row', async () => {
    const { stdout, stderr } = await renderMarkdownText(RUN);
    expect(stdout.text).toBe('I will add.\nIt is 5.\n');
    expect(stderr.text).toBe('✓ math.add(a=2, b="3") 12 ms → 5\n');
  });

  it('shows what came of an answer that broke off before what went wrong', async () => {
    const error = { code: 'model_broke_off' as const, message: 'It broke off.' };
    const { stdout, stderr } = await renderMarkdownText([
      init(),
      says('Half **of', true),
      { type: 'log', level: 'warning', message: 'A server is slow.' },
      says(' it', true),
      { type: 'error', severity: 'error', ...error },
      result('Half **of it', { status: 'error', error }),
    ]);
    expect(stdout.text).toBe('Half **of it\n');
    expect(stderr.text).toBe('! A server is slow.\n✗ It broke off.\n');
  });

  it('escapes what a terminal would act on', async () => {
    const { stdout } = await renderMarkdownText(
      answer(`a ${ESC}[2J \`${ESC}]0;x\u0007\` &#27;c`, 1),
    );
    expect(stdout.text.replaceAll(/\u001b\[\d+m/g, '')).toBe('a \\x1b[2J \\x1b]0;x\\x07 \\x1bc\n');
  });

  it('leaves a pipe the text byte for byte', async () => {
    const text = '# One\n\n**two**  \n&amp;';
    const { stdout } = await renderMarkdownText(answer(text), { isTTY: false });
    expect(stdout.text).toBe(`${text}\n`);
  });
});
