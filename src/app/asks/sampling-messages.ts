import type { SamplingContent, SamplingMessage, SamplingRequest } from '../../core/asks.js';
import type { ChatMessage } from '../../core/messages.js';
import { toModelText } from '../../core/terminal-text.js';

const MUST_CALL = 'Answer with a call of one of the tools, and with nothing else.';

/** A server's request as messages of the model: its own texts alone, nothing of ours. */
export function toChatMessages(request: SamplingRequest): ChatMessage[] {
  const { systemPrompt, messages, toolChoice, tools } = request;
  const mustCall = toolChoice === 'required' && tools.length > 0;
  const system = [
    ...(systemPrompt === undefined ? [] : [toModelText(systemPrompt)]),
    ...(mustCall ? [MUST_CALL] : []),
  ].join('\n\n');
  const names = toolNames(messages);
  return [
    ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
    ...messages.flatMap((message) => toMessages(message, names)),
  ];
}

/** What a tool's result answers to, by the id of its call. */
function toolNames(messages: readonly SamplingMessage[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(({ content }) =>
    content.filter((piece) => isA(piece, 'tool_use')),
  );
  return new Map(calls.map(({ id, name }) => [id, name]));
}

function toMessages(
  { role, content }: SamplingMessage,
  names: ReadonlyMap<string, string>,
): ChatMessage[] {
  const text = toModelText(
    content.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('\n\n'),
  );
  if (role === 'assistant') {
    const toolCalls = content
      .filter((piece) => isA(piece, 'tool_use'))
      .map(({ id, name, input }) => ({ id, name, arguments: input }));
    return [{ role, content: text, ...(toolCalls.length === 0 ? {} : { toolCalls }) }];
  }
  const results = content
    .filter((piece) => isA(piece, 'tool_result'))
    .map((result): ChatMessage => {
      const said = toModelText(result.text);
      return {
        role: 'tool',
        content: result.isError ? `Error: ${said}` : said,
        toolCallId: result.toolUseId,
        toolName: names.get(result.toolUseId) ?? '',
      };
    });
  const images = content.flatMap((piece) => (piece.type === 'image' ? [piece.image] : []));
  if (text === '' && images.length === 0 && results.length > 0) return results;
  return [...results, { role, content: text, ...(images.length === 0 ? {} : { images }) }];
}

function isA<T extends SamplingContent['type']>(
  piece: SamplingContent,
  type: T,
): piece is Extract<SamplingContent, { type: T }> {
  return piece.type === type;
}
