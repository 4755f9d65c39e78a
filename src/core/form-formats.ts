import type { FormField } from './asks.js';

type TextField = Extract<FormField, { kind: 'text' }>;
export type TextFormat = NonNullable<TextField['format']>;

/** What each format wants, after "must be". */
export const FORMAT_NAMES: Readonly<Record<TextFormat, string>> = {
  email: 'an email address',
  uri: 'an absolute URI',
  date: 'a date as YYYY-MM-DD',
  'date-time': 'a date and time as YYYY-MM-DDThh:mm:ssZ',
};

/** RFC 5321, in octets. */
const MAX_EMAIL = 254;
const MAX_LOCAL_PART = 64;
const MAX_LABEL = 63;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME =
  /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d{1,12})?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const SCHEME = /^[a-z][a-z0-9+.-]{0,31}:/i;
const URI_TEXT = /^[!#-;=?-[\]_a-z~%]+$/i;

/** JSON Schema's `email`, `uri`, `date` and `date-time` (RFC 5321, RFC 3986, RFC 3339), each in linear time. */
export function hasFormat(text: string, format: TextFormat): boolean {
  switch (format) {
    case 'email':
      return isEmail(text);
    case 'uri':
      return SCHEME.test(text) && URI_TEXT.test(text) && isUrl(text);
    case 'date':
      return isDate(text);
    case 'date-time':
      return /^t$/i.test(text.charAt(10)) && isDate(text.slice(0, 10)) && TIME.test(text.slice(11));
  }
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (text.length > MAX_EMAIL || at < 1 || at > MAX_LOCAL_PART) return false;
  const local = text.slice(0, at);
  if (!local.split('.').every((part) => /^[\w!#$%&'*+/=?^`{|}~-]+$/.test(part))) return false;
  return text
    .slice(at + 1)
    .split('.')
    .every((label) => label.length <= MAX_LABEL && /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(label));
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).protocol !== '';
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
