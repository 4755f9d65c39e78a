import type {
  SamplingAnswer,
  SamplingContent,
  SamplingRequest,
  SamplingReview,
  SamplingVerdict,
} from '../../core/asks.js';
import type { Prompter } from './prompter.js';

const DENY: SamplingVerdict = { kind: 'deny' };

/** A look at what a server has a model do: before it runs, and before its answer leaves. */
export async function reviewSampling(
  prompter: Prompter,
  review: SamplingReview,
): Promise<SamplingVerdict> {
  const { server } = review.request;
  if (review.stage === 'request') {
    prompter.head(`${server} wants an answer of ${review.model}:`);
    const limit = `At most ${review.maxTokens} tokens.`;
    await showAll(prompter, `${requestText(review.request)}\n${limit}`);
    return choose(prompter, `Let ${review.model} answer ${server}?`);
  }
  prompter.head(`The answer of ${review.answer.model} to ${server}:`);
  await showAll(prompter, answerText(review.answer));
  return choose(prompter, `Send this answer to ${server}?`, review.answer);
}

async function choose(
  prompter: Prompter,
  message: string,
  answer?: SamplingAnswer,
): Promise<SamplingVerdict> {
  const verdict = await prompter.choose(message, [
    { value: 'deny' as const, label: 'No' },
    { value: 'once' as const, label: 'Yes' },
    { value: 'session' as const, label: 'Yes, and do not ask again for this server' },
    ...(answer === undefined ? [] : [{ value: 'write' as const, label: 'Send other words' }]),
  ]);
  if (verdict === 'once' || verdict === 'session') return { kind: verdict };
  if (verdict !== 'write') return DENY;
  const text = await prompter.text({
    message: 'The words that are sent in its place',
    initial: answer === undefined ? undefined : textOf(answer.content),
  });
  return text === undefined ? DENY : { kind: 'once', text };
}

/** As much as fits a look; the rest on demand, so that nothing hides behind a long beginning. */
async function showAll(prompter: Prompter, text: string): Promise<void> {
  const page = 4000;
  for (let from = 0; from < text.length || from === 0; from += page) {
    prompter.tell(text.slice(from, from + page));
    const left = text.length - from - page;
    if (left <= 0) return;
    const more = await prompter.choose(`There are ${left} more characters.`, [
      { value: true, label: 'Show more' },
      { value: false, label: 'That will do' },
    ]);
    if (more !== true) return;
  }
}

function requestText({ systemPrompt, messages, tools }: SamplingRequest): string {
  return [
    ...(systemPrompt === undefined ? [] : [`system: ${systemPrompt}`]),
    ...messages.map(({ role, content }) => `${role}: ${textOf(content)}`),
    ...(tools.length === 0 ? [] : [`tools: ${tools.map(({ name }) => name).join(', ')}`]),
  ].join('\n');
}

function answerText({ content }: SamplingAnswer): string {
  return textOf(content);
}

function textOf(content: readonly SamplingContent[]): string {
  return content.map(partText).join('\n');
}

function partText(part: SamplingContent): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
      return '(an image)';
    case 'tool_use':
      return `(calls ${part.name} ${JSON.stringify(part.input)})`;
    case 'tool_result':
      return `(${part.isError ? 'an error of a tool' : 'a tool'}: ${part.text})`;
  }
}
