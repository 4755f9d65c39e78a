import { styleText } from 'node:util';

export type Style = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

/** Colours, or the plain text. */
export function createPaint(color: boolean): Paint {
  // Unchecked, because Node looks at stdout and the environment, and we have decided already.
  return color
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_, text) => text;
}

export type ColorChoice = 'auto' | 'always' | 'never';

/** An explicit flag beats NO_COLOR, which beats FORCE_COLOR, which beats what the terminal is (https://no-color.org). */
export function wantsColor(
  choice: ColorChoice,
  isTerminal: boolean,
  env: NodeJS.ProcessEnv,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTerminal && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
}
