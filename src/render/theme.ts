/** What a piece of text means; the theme decides how that looks. */
export type Role =
  | 'dim'
  | 'bold'
  | 'italic'
  | 'strike'
  | 'underline'
  | 'accent'
  | 'success'
  | 'warning'
  | 'error'
  | 'user'
  | 'heading'
  | 'link'
  | 'code'
  | 'quote'
  | 'selected'
  | 'keyword'
  | 'string'
  | 'number'
  | 'comment'
  | 'function'
  | 'type'
  | 'added'
  | 'removed';

export type ThemeName = 'dark' | 'light';

export interface Theme {
  readonly name: ThemeName;
  readonly colors: boolean;
  /** The text between the role's SGR codes (ECMA-48, 8.3.117); the text alone without colours. Nests. */
  paint: (role: Role, text: string) => string;
}

type Codes = readonly [open: number, close: number];

const BOTH: Record<Role, Codes> = {
  dim: [2, 22],
  bold: [1, 22],
  italic: [3, 23],
  strike: [9, 29],
  underline: [4, 24],
  accent: [36, 39],
  success: [32, 39],
  warning: [33, 39],
  error: [31, 39],
  user: [36, 39],
  heading: [1, 22],
  link: [34, 39],
  code: [36, 39],
  quote: [2, 22],
  selected: [7, 27],
  keyword: [35, 39],
  string: [32, 39],
  number: [33, 39],
  comment: [2, 22],
  function: [34, 39],
  type: [36, 39],
  added: [32, 39],
  removed: [31, 39],
};

/** The sixteen colours are the terminal's own and fit its background; these few are hard to read on the other one. */
const OF_THEME: Record<ThemeName, Partial<Record<Role, Codes>>> = {
  dark: { link: [94, 39], function: [94, 39] },
  light: { warning: [35, 39], number: [34, 39], code: [34, 39], accent: [34, 39], user: [34, 39] },
};

export function createTheme(name: ThemeName, colors: boolean): Theme {
  const codes = { ...BOTH, ...OF_THEME[name] };
  return {
    name,
    colors,
    paint(role, text) {
      if (!colors || text === '') return text;
      const [open, close] = codes[role];
      const end = `\u001b[${close}m`;
      const start = `\u001b[${open}m`;
      // A role within ends this one as well when they share the closing code.
      const inner = text.includes(end) ? text.replaceAll(end, `${end}${start}`) : text;
      return `${start}${inner}${end}`;
    },
  };
}
