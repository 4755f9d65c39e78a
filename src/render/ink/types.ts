import type { Attachment, Chat, Outgoing } from '../../core/chat.js';
import type { CustomPrompt } from '../../core/prompt-files.js';
import type { Theme, ThemeName } from '../theme.js';

export type { CustomPrompt, HistoryStore } from '../../core/prompt-files.js';

/**
 * Rows of the screen, from the top: each at most `frame.columns` wide, safe for a terminal, styled
 * by SGR codes alone, every style ended in its row.
 */
export type Rows = readonly string[];

/** What a view must know of the moment it is drawn in. */
export interface Frame {
  /** Usable columns: one less than the terminal's, so that no row ever wraps by itself. */
  columns: number;
  /** The terminal's rows. */
  rows: number;
  theme: Theme;
  /** Words in the place of glyphs, nothing that moves, no drawn lines. */
  screenReader: boolean;
  /** The terminal understands OSC 8. */
  hyperlinks: boolean;
  /** Milliseconds of a monotonic clock. */
  now: number;
}

/** A row and column in `Rows`, from 0. */
export interface CursorPosition {
  x: number;
  y: number;
}

/**
 * One key as it was pressed. `text`: printable characters. `paste`: a bracketed paste, lines ended
 * by `\n`. Otherwise `name` is `enter`, `tab`, `escape`, `backspace`, `delete`, `up`, `down`,
 * `left`, `right`, `home`, `end`, `pageup`, `pagedown`, `insert`, `f1` … `f12`, or with ctrl or alt
 * a character (`c`, `_`, `enter`). `reply`: the terminal answers a question. `unknown`: a sequence
 * nobody knows.
 */
export interface Key {
  name: string;
  text: string;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
}

export interface CompletionItem {
  /** Shown; hostile text must be safe already. */
  label: string;
  /** Takes the place of the range. */
  insert: string;
  detail?: string;
  /** Accepting it asks for more (a directory, a server's name): the menu opens again. */
  more?: boolean;
  /** Accepting it by Enter sends the input at once: nothing has to follow. */
  submit?: boolean;
}

export interface Completion {
  /** UTF-16 indices into the text: what an accepted item replaces. */
  range: { start: number; end: number };
  items: readonly CompletionItem[];
}

/** What could stand at the cursor; undefined when nothing can. A later call makes an earlier one worthless. */
export type Complete = (
  text: string,
  cursor: number,
  signal: AbortSignal,
) => Completion | undefined | Promise<Completion | undefined>;

export type NoteLevel = 'info' | 'success' | 'warning' | 'error';

export interface Choice {
  label: string;
  detail?: string;
}

/** What a slash command can do to the screen. */
export interface Screen {
  frame: () => Frame;
  /** Prints finished rows above the input. */
  print: (rows: Rows) => void;
  /** Prints Markdown; sanitises. */
  markdown: (text: string) => void;
  /** One line with the level's glyph; sanitises. */
  note: (level: NoteLevel, text: string) => void;
  /** What happened and what to do next. */
  error: (error: unknown) => void;
  /** Sends a message as if it had been typed. */
  submit: (message: Outgoing) => void;
  /** Puts a text into the input. */
  setInput: (text: string) => void;
  /** A list to choose from with arrows, digits, Enter; undefined on Esc. */
  choose: (title: string, choices: readonly Choice[]) => Promise<number | undefined>;
  /** One line of text from the person; undefined on Esc. Sanitises label and description. */
  ask: (label: string, description?: string) => Promise<string | undefined>;
  /** A line above the input until it is ended, with a spinner. */
  busy: (text: string) => { update: (text: string) => void; end: () => void };
  /** Clears what is visible; the scrollback stays. */
  clear: () => void;
  /** Prints the conversation so far, e.g. of a resumed session. */
  replay: () => void;
  /** True = on. Undefined toggles. Returns what it is now. */
  setVerbose: (on?: boolean) => boolean;
  setTheme: (name: ThemeName) => void;
  /** Prints the last tool calls in full. */
  expand: () => void;
  exit: () => void;
}

/** The person's machine, as far as the chat touches it. Rejects with an `OstlerError`. */
export interface Machine {
  cwd: string;
  /** Runs a line in the user's shell; output comes as it is written, unchanged. Resolves to the exit code. */
  shell: (
    line: string,
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ) => Promise<{ code: number | undefined; signal: string | undefined }>;
  /** Opens the text in `$VISUAL` or `$EDITOR` and resolves to what was saved. The terminal is the editor's meanwhile. */
  edit: (text: string) => Promise<string>;
  /** A file as an attachment: text or image, within the limits. Paths as in a shell: relative to cwd, `~`. */
  readFile: (path: string) => Promise<Attachment>;
  /** Names in a directory, directories end in `/`. Empty when it cannot be read. */
  listDirectory: (path: string) => Promise<readonly string[]>;
  /** Writes a new file (0600), never over an existing one; resolves to its absolute path. */
  writeNew: (path: string, text: string) => Promise<string>;
  /** Puts a text into the clipboard by OSC 52; false when it is too long for that. */
  copy: (text: string) => boolean;
  prompts: () => Promise<readonly CustomPrompt[]>;
  /** The configuration as `ostler config show` tells it. */
  config: () => Promise<string>;
}

export interface CommandContext {
  chat: Chat;
  screen: Screen;
  machine: Machine;
  /** Fires on Esc and Ctrl+C, and when the chat ends. */
  signal: AbortSignal;
}

export interface Command {
  /** Without the slash. */
  name: string;
  aliases?: readonly string[];
  /** One line for the menu and `/help`. */
  summary: string;
  /** Whether words may or must follow the name; none when absent. */
  arguments?: 'optional' | 'required';
  /** The forms it takes, for `/help <command>`: each `usage` with what it does. */
  forms?: readonly (readonly [usage: string, what: string])[];
  /** All that could stand in its arguments; the range is relative to `args`. Who shows it filters and ranks. */
  complete?: (
    args: string,
    cursor: number,
    context: Pick<CommandContext, 'chat' | 'machine' | 'signal'>,
  ) => Completion | undefined | Promise<Completion | undefined>;
  /** Rejects with an `OstlerError`, which is shown. */
  run: (args: string, context: CommandContext) => Promise<void>;
}

/** What the input means when Enter is pressed. */
export type Submission =
  | { kind: 'message'; message: Outgoing }
  | { kind: 'command'; command: Command; args: string }
  | { kind: 'shell'; line: string }
  | { kind: 'unknown-command'; name: string; nearest?: string };
