import { isRecord, type JsonValue } from '../../core/json.js';
import { toJsonLine } from '../../core/output-json.js';
import type { Style } from '../style.js';

/** A notification in a word and a line of hostile text. */
export interface Told {
  word: string;
  text: string;
  style?: Style;
}

const LEVELS: Readonly<Record<string, Style>> = {
  debug: 'dim',
  warning: 'yellow',
  error: 'red',
  critical: 'red',
  alert: 'red',
  emergency: 'red',
};

/** What a notification of the MCP specification means; unknown ones stay JSON. */
export function tellNotification(method: string, params: JsonValue | undefined): Told {
  const given: { readonly [name: string]: unknown } = isRecord(params) ? params : {};
  switch (method) {
    case 'notifications/message':
      return tellLog(given);
    case 'notifications/progress':
      return { word: 'progress', text: progressWords(given) };
    case 'notifications/tools/list_changed':
      return { word: 'changed', text: 'tools' };
    case 'notifications/prompts/list_changed':
      return { word: 'changed', text: 'prompts' };
    case 'notifications/resources/list_changed':
      return { word: 'changed', text: 'resources' };
    case 'notifications/resources/updated':
      return { word: 'updated', text: textOf(given['uri']) };
    case 'notifications/cancelled':
      return { word: 'cancelled', text: cancelledWords(given) };
    case 'notifications/subscriptions/acknowledged':
      return { word: 'granted', text: grantedWords(given['notifications']) };
    default:
      return {
        word: 'notified',
        text: `${method}${params === undefined ? '' : ` ${toJsonLine(params)}`}`,
      };
  }
}

function tellLog({ level, logger, data }: { readonly [name: string]: unknown }): Told {
  const name = textOf(level);
  const style = LEVELS[name];
  const from = typeof logger === 'string' && logger !== '' ? `${logger}: ` : '';
  return { word: 'log', text: `${name} ${from}${textOf(data)}`, ...(style ? { style } : {}) };
}

function progressWords(given: { readonly [name: string]: unknown }): string {
  const { progress, total, message, progressToken } = given;
  const of = typeof total === 'number' ? `/${total}` : '';
  const words = typeof message === 'string' && message !== '' ? ` ${message}` : '';
  return `${textOf(progress)}${of}${words} (token ${textOf(progressToken)})`;
}

function cancelledWords({ requestId, reason }: { readonly [name: string]: unknown }): string {
  return `request ${textOf(requestId)}${typeof reason === 'string' ? `: ${reason}` : ''}`;
}

function grantedWords(filter: unknown): string {
  if (!isRecord(filter)) return 'nothing';
  const names = Object.keys(filter).filter((name) => filter[name] !== false);
  return names.length === 0 ? 'nothing' : names.join(', ');
}

/** A text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (toJsonLine(value ?? null) ?? '');
}
