import type { ResourceView } from '../../../core/chat.js';
import { mentionAt, toServerUri, type Mention } from '../mentions.js';
import { safeLine } from '../safe.js';
import type { Completion, CompletionItem } from '../types.js';
import { canInsert, toCompletion, type CompletionContext } from './items.js';
import { rank } from './rank.js';
import { recall } from './recall.js';

/** Files are there at once; the menu does not wait long for servers that were not asked for. */
const OTHERS_WAIT_MS = 100;

/** Files, and resources of servers, behind an `@`. */
export async function completeMention(
  text: string,
  cursor: number,
  context: CompletionContext,
): Promise<Completion | undefined> {
  const mention = mentionBefore(text, cursor);
  if (mention === undefined) return undefined;
  const typed = text.slice(mention.start, cursor);
  const target = typed.replace(/^@"?/, '');
  const resource = toServerUri(target, context.chat);
  const items =
    resource === undefined
      ? await anyItems(target, context)
      : await resourceItems(resource.server, resource.uri, context);
  return toCompletion({ start: mention.start, end: endOf(mention, cursor) }, typed, items);
}

/** The mention that the cursor stands in or behind. */
function mentionBefore(text: string, cursor: number): Mention | undefined {
  const from = Math.max(0, cursor - 5000);
  const before = text.slice(from, cursor);
  for (const { index } of [...before.matchAll(/@/g)].toReversed()) {
    const mention = mentionAt(text, from + index);
    if (mention === undefined) continue;
    if (mention.quoted) return mention.open || cursor <= mention.end ? mention : undefined;
    return /\s/.test(before.slice(index)) ? undefined : mention;
  }
  return undefined;
}

/** Without its closing quote a mention reaches to the end of the line, and that is too far. */
function endOf({ quoted, open, end }: Mention, cursor: number): number {
  if (!quoted) return Math.max(cursor, end);
  return open ? cursor : end;
}

async function anyItems(target: string, context: CompletionContext) {
  const [files, resources] = await Promise.all([
    fileItems(target, context),
    target.includes('/') && !target.includes(':') ? [] : foreignItems(target, context),
  ]);
  return [...files, ...resources].slice(0, 50);
}

/** Names in the directory that was typed; hidden ones only when their dot was typed. */
async function fileItems(
  target: string,
  { machine }: CompletionContext,
): Promise<readonly CompletionItem[]> {
  const slash = target.lastIndexOf('/') + 1;
  const [directory, typed] = [target.slice(0, slash), target.slice(slash)];
  const names = await machine.listDirectory(directory === '' ? '.' : directory);
  const visible = names.filter(
    (name) => canInsert(name) && (typed.startsWith('.') || !name.startsWith('.')),
  );
  const found = await rank(visible, typed, (name) => name);
  return found.map((name) => {
    const isDirectory = name.endsWith('/');
    return {
      label: safeLine(`${directory}${name}`, 300),
      insert: toMention(`${directory}${name}`, isDirectory),
      ...(isDirectory ? { more: true } : {}),
    };
  });
}

/** `@path`, in quotes when it has blanks; a directory's quote stays open for what follows. */
function toMention(target: string, open: boolean): string {
  const needsQuotes = /[\s"\\]/.test(target) || (!open && /[.,;:!?)\]}>'`]$/.test(target));
  if (!needsQuotes) return open ? `@${target}` : `@${target} `;
  const escaped = target.replaceAll(/["\\]/g, String.raw`\$&`);
  return open ? `@"${escaped}` : `@"${escaped}" `;
}

/** Servers to go on with, and resources of all of them. */
async function foreignItems(
  target: string,
  context: CompletionContext,
): Promise<readonly CompletionItem[]> {
  const servers = context.chat.servers.list().filter(({ status }) => status === 'connected');
  const all = await listResources(context, OTHERS_WAIT_MS).catch(() => []);
  const having = servers.filter(({ name }) => all.some(({ server }) => server === name));
  const named = await rank(having, target, ({ name }) => name);
  const found = target === '' ? [] : await rank(all, target, resourceText);
  return [
    ...named
      .filter(({ name }) => canInsert(name))
      .map(({ name }) => ({
        label: safeLine(`${name}:`, 200),
        insert: toMention(`${name}:`, true),
        detail: 'resources of this server',
        more: true,
      })),
    ...found.filter(({ uri }) => canInsert(uri)).map(resourceItem),
  ];
}

async function resourceItems(
  server: string,
  typed: string,
  context: CompletionContext,
): Promise<readonly CompletionItem[]> {
  const all = await listResources(context);
  const own = all.filter((resource) => resource.server === server && canInsert(resource.uri));
  const found = await rank(own, typed, ({ uri, name }) => `${uri} ${name}`);
  return found.map(resourceItem);
}

function resourceText({ server, uri, name }: ResourceView): string {
  return `${server}:${uri} ${name}`;
}

/** A template is inserted up to its first expression: the rest is the person's. */
function resourceItem({ server, uri, name, title, template }: ResourceView): CompletionItem {
  const known = template ? uri.slice(0, Math.max(0, uri.indexOf('{'))) : uri;
  return {
    label: safeLine(`${server}:${uri}`, 300),
    insert: toMention(`${server}:${known}`, template),
    detail: safeLine(title ?? name, 200),
  };
}

function listResources({ chat, signal }: CompletionContext, waitMs?: number) {
  return recall(chat, signal, {
    key: 'resources',
    ask: (own) => chat.resources.list(own),
    holdsMs: 0,
    ...(waitMs === undefined ? {} : { waitMs }),
  });
}
