import { isRecord, type JsonObject } from '../../core/json.js';
import { exampleWords } from '../../app/workbench/example.js';
import { rawOf } from '../../mcp/raw-of.js';
import type { ServerPrompt, ServerResource, ServerTool } from '../../mcp/types.js';
import type { TargetWords } from '../server-target.js';
import { propertyLines, textLines, type Card, type Section } from './card.js';
import { safe } from './output.js';
import { quote, typedTarget } from './target-words.js';

/** The hints of `ToolAnnotations` (server/tools#tool) in words. */
const HINTS: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  readOnlyHint: ['changes nothing', 'changes things'],
  destructiveHint: ['may destroy', 'destroys nothing'],
  idempotentHint: [
    'the same call again changes nothing more',
    'the same call again may change more',
  ],
  openWorldHint: ['reaches the outside world', 'stays within its own data'],
};

export interface CardPlace {
  /** As it was typed. */
  target: TargetWords;
  server: string;
}

export function toolCard(tool: ServerTool, place: CardPlace): Card {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  const input = propertyLines(inputSchema, inputSchema);
  const output = outputSchema === undefined ? [] : propertyLines(outputSchema, outputSchema);
  return {
    name,
    title: title ?? (typeof annotations?.['title'] === 'string' ? annotations['title'] : undefined),
    description,
    sections: [
      { heading: 'Arguments', lines: input.length === 0 ? ['none'] : input },
      { heading: `As declared by ${safe(place.server)}`, lines: annotationLines(annotations) },
      { heading: 'Returns', lines: output },
      example('call', [name, ...exampleWords(inputSchema)], place),
    ],
  };
}

function annotationLines(annotations: JsonObject | undefined): string[] {
  return Object.entries(annotations ?? {})
    .filter(([key]) => key !== 'title')
    .map(([key, value]) => {
      const [yes, no] = Object.hasOwn(HINTS, key) ? (HINTS[key] ?? []) : [];
      const words = value === true ? yes : value === false ? no : undefined;
      const said = `${safe(key)}: ${safe(JSON.stringify(value))}`;
      return words === undefined ? said : `${words} (${said})`;
    });
}

export function promptCard(prompt: ServerPrompt, place: CardPlace): Card {
  const { name, title, description, arguments: args } = prompt;
  const words = args.filter(({ required }) => required).map((one) => `${one.name}=text`);
  const lines = args.flatMap((one) => [
    `${safe(one.name)}${one.required ? '' : ': optional'}`,
    ...(one.description === undefined ? [] : textLines(one.description).map((line) => `  ${line}`)),
  ]);
  return {
    name,
    title,
    description,
    sections: [
      { heading: 'Arguments', lines: lines.length === 0 ? ['none'] : lines },
      example('prompt', [name, ...words], place),
    ],
  };
}

export function resourceCard(resource: ServerResource, place: CardPlace): Card {
  const { uri, name, title, description, mimeType, template } = resource;
  const raw = rawOf(resource);
  const size =
    isRecord(raw) && typeof raw['size'] === 'number' ? `${raw['size']} bytes` : undefined;
  const facts = [
    ['Name', name === uri ? undefined : name],
    ['Type', mimeType],
    ['Size', size],
  ] as const;
  return {
    name: uri,
    title,
    description,
    facts: facts.flatMap(([label, value]) =>
      value === undefined ? [] : [[label, value] as const],
    ),
    sections: [
      ...(template
        ? [{ heading: 'A template', lines: ['What stands in braces is yours to fill in.'] }]
        : []),
      example('read', [uri], place),
    ],
  };
}

function example(command: string, words: readonly string[], { target }: CardPlace): Section {
  const { before, behind } = typedTarget(target);
  const line = `ostler ${command}${before} ${words.map(quote).join(' ')}${behind}`;
  return { heading: 'Example', lines: [safe(line)] };
}
