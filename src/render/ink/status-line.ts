import type { ChatInfo } from '../../core/chat.js';
import { columnsOf, truncateRow } from '../columns.js';
import type { Role } from '../theme.js';
import { safeLine } from './safe.js';
import { loginCommand, wantsLogin } from './server-status.js';
import { formatSeconds, formatTokens, plural } from './transcript/amounts.js';
import { spinner } from './transcript/marks.js';
import type { Frame } from './types.js';

export interface StatusExtra {
  /** Takes the place of the right side, and of the left one where there is no room for both. */
  hint?: string;
  /** Messages that wait. */
  queued?: number;
  /** Milliseconds since the running prompt was sent; undefined when nothing runs. */
  busyMs?: number;
}

interface Item {
  text: string;
  role?: Role;
}

const SEPARATOR = ' · ';
/** Between the left and the right side. */
const GAP = 2;
/** Columns a model's name keeps before the context is told in fewer words. */
const MIN_MODEL = 12;
const MAX_MODEL = 40;
const BRIEF_CONTEXT = 'ctx 100%'.length;
const WARNING = 'warning' as const;
const WARN_PERCENT = 70;
const FULL_PERCENT = 90;

/** `model · ctx 5.2k/32k 16% · 3 servers (1 ⚠) · 24 tools · ask · 43 tok/s      ? help`, in one row. */
export function statusRow(info: ChatInfo, frame: Frame, extra: StatusExtra = {}): string {
  if (frame.screenReader) return spokenRow(info, frame, extra);
  const { columns } = frame;
  if (extra.hint !== undefined) {
    const hint = { text: truncateRow(safeLine(extra.hint), columns), role: 'warning' as const };
    const room = columns - columnsOf(hint.text) - GAP;
    return joinSides(keepFitting(allItems(info, room, extra), room), hint, frame);
  }
  const right = rightTexts(frame, extra).find((text) => {
    const room = columns - GAP - columnsOf(text);
    return coreItems(info, room).length > 1 && widthOf(coreItems(info, room)) <= room;
  });
  const reserved = right === undefined || extra.busyMs === undefined ? 0 : columnsOf(right) + GAP;
  const kept = keepFitting(allItems(info, columns - reserved, extra), columns - reserved);
  return joinSides(kept, { text: right ?? '' }, frame);
}

/** The right side as far as there is room for it. */
function joinSides(left: readonly Item[], right: Item, { columns, theme }: Frame): string {
  const body = left
    .map(({ text, role }) => theme.paint(role ?? 'dim', text))
    .join(theme.paint('dim', SEPARATOR));
  const pad = columns - widthOf(left) - columnsOf(right.text);
  if (right.text === '' || pad < (left.length === 0 ? 0 : GAP)) return body;
  return `${body}${' '.repeat(pad)}${theme.paint(right.role ?? 'dim', right.text)}`;
}

/** What may stand on the right, the most words first. */
function rightTexts(frame: Frame, { busyMs }: StatusExtra): string[] {
  if (busyMs === undefined) return ['? help'];
  const turning = `${spinner(frame)} ${formatSeconds(Math.floor(busyMs / 1000))}`;
  return [`${turning} · esc to interrupt`, `${turning} · esc`, turning];
}

/** The model and its context: what is always there. */
function coreItems(info: ChatInfo, columns: number): Item[] {
  const model = truncateRow(safeLine(info.model, 60) || 'no model', MAX_MODEL);
  const least = Math.min(MIN_MODEL, columnsOf(model)) + SEPARATOR.length;
  if (least + BRIEF_CONTEXT > columns) return [{ text: truncateRow(model, Math.max(0, columns)) }];
  const full = contextItem(info, false);
  const context = least + columnsOf(full.text) <= columns ? full : contextItem(info, true);
  const room = columns - SEPARATOR.length - columnsOf(context.text);
  return [{ text: truncateRow(model, Math.max(1, room)) }, context];
}

/** From the most important to the least. */
function allItems(info: ChatInfo, columns: number, { queued = 0 }: StatusExtra): Item[] {
  return [
    ...coreItems(info, columns),
    ...(queued > 0 ? [{ text: `${queued} queued`, role: 'accent' as const }] : []),
    ...serverItems(info),
    { text: plural(info.tools, 'tool') },
    { text: info.approval, ...(info.approval === 'auto' ? { role: 'warning' as const } : {}) },
    ...(info.think === undefined ? [] : [{ text: `think ${safeLine(info.think, 12)}` }]),
    ...(info.evalRate > 0 ? [{ text: `${Math.round(info.evalRate)} tok/s` }] : []),
  ];
}

/** `ctx 5.2k/32k 16%`, in a warning colour from 70 % on, in an error's from 90 %. */
function contextItem({ usedTokens: used, contextTokens: window }: ChatInfo, brief: boolean): Item {
  if (window <= 0) return { text: `ctx ${formatTokens(used)}` };
  const percent = percentOf(used, window);
  const text = `ctx ${brief ? '' : `${formatTokens(used)}/${formatTokens(window)} `}${percent}%`;
  if (percent >= FULL_PERCENT) return { text, role: 'error' };
  return percent >= WARN_PERCENT ? { text, role: 'warning' } : { text };
}

function percentOf(used: number, window: number): number {
  return Math.round((100 * used) / window);
}

interface ServerCounts {
  all: number;
  bad: number;
  connecting: number;
}

function countServers({ servers }: ChatInfo): ServerCounts {
  const counts = { all: 0, bad: 0, connecting: 0 };
  for (const { status } of servers) {
    if (status === 'disabled' || status === 'closed') continue;
    counts.all += 1;
    if (status === 'failed' || status === 'reconnecting') counts.bad += 1;
    if (status === 'connecting') counts.connecting += 1;
  }
  return counts;
}

function serverItems(info: ChatInfo): Item[] {
  const { all, bad, connecting } = countServers(info);
  const text = plural(all, 'server');
  const waiting = info.servers.find(wantsLogin);
  const login = waiting === undefined ? [] : [{ text: loginCommand(waiting), role: WARNING }];
  if (bad > 0) return [{ text: `${text} (${bad} ⚠)`, role: WARNING }, ...login];
  return [{ text: connecting > 0 ? `${text} (${connecting} connecting)` : text }];
}

/** The first items that fit. */
function keepFitting(items: readonly Item[], columns: number): Item[] {
  const end = items.findIndex((_, index) => widthOf(items.slice(0, index + 1)) > columns);
  return end === -1 ? [...items] : items.slice(0, end);
}

function widthOf(items: readonly Item[]): number {
  const texts = items.reduce((sum, { text }) => sum + columnsOf(text), 0);
  return texts + Math.max(0, items.length - 1) * SEPARATOR.length;
}

/** The same in words; the time is left out, a reader would begin anew with every second. */
function spokenRow(info: ChatInfo, { columns }: Frame, extra: StatusExtra): string {
  if (extra.hint !== undefined) return truncateRow(safeLine(extra.hint), columns);
  const { all, bad, connecting } = countServers(info);
  const { usedTokens: used, contextTokens: window, queued = 0 } = { ...info, ...extra };
  const words = [
    extra.busyMs === undefined ? '' : 'working, escape interrupts',
    `model ${safeLine(info.model, 60)}`,
    window > 0
      ? `context ${percentOf(used, window)} percent of ${formatTokens(window)}`
      : `context ${formatTokens(used)}`,
    queued > 0 ? `${queued} queued` : '',
    plural(all, 'server'),
    bad > 0 ? `${bad} with problems` : '',
    ...info.servers.filter(wantsLogin).slice(0, 1).map(loginCommand),
    connecting > 0 ? `${connecting} connecting` : '',
    plural(info.tools, 'tool'),
    `approval ${info.approval}`,
    info.evalRate > 0 ? `${Math.round(info.evalRate)} tokens per second` : '',
  ];
  return truncateRow(words.filter((word) => word !== '').join(', '), columns);
}
