/** A model's part played by rules: calls the tools of the demo prompt, and answers from their results. */
import type { ChatBody, FakeCall, PromptView, Turn } from './types.js';

export function ruleBrain(body: ChatBody, view: PromptView): Turn {
  const asked = body.messages.findLastIndex(
    (message) => message.role === 'user' && wishes(message.content).length > 0,
  );
  const question = body.messages[asked]?.content ?? '';
  const results = body.messages.slice(asked + 1).filter((message) => message.role === 'tool');
  if (asked >= 0 && results.length > 0) {
    return {
      text: words(`Here is what the tools say: ${results.map((r) => r.content).join(' — ')}`),
    };
  }
  const calls = view.toolsVisible
    ? wishes(question).flatMap((wish) => {
        const tool = body.tools.find(({ function: fn }) => fn.name.endsWith(wish.name));
        return tool === undefined ? [] : [{ ...wish, name: tool.function.name }];
      })
    : [];
  if (calls.length > 0) return { calls };
  const last = body.messages.findLast((message) => message.role === 'user');
  return { text: words(`You said: ${last?.content ?? 'nothing'}`) };
}

/** What the text asks for that a tool of `serve math` can do. */
function wishes(text: string): FakeCall[] {
  const calls: FakeCall[] = [];
  const sum = /\badd (-?\d+(?:\.\d+)?) (?:and|to) (-?\d+(?:\.\d+)?)/i.exec(text);
  if (sum !== null) {
    calls.push({
      name: 'add_numbers',
      arguments: { number1: Number(sum[1]), number2: Number(sum[2]) },
    });
  }
  if (/\bsay hello\b/i.test(text)) {
    const name = /\bthis is (\w+)/i.exec(text)?.[1] ?? /\bhello to (\w+)/i.exec(text)?.[1] ?? 'you';
    calls.push({ name: 'say_hello', arguments: { name } });
  }
  return calls;
}

const words = (text: string) => text.split(/(?<= )/);
