/** A server entry as a file holds it: references unexpanded. */
export type WrittenEntry = Readonly<Record<string, unknown>>;

/** One change to the servers of a config text. `set` adds the entry, or puts it in the place of the one with this id. */
export type ServerEdit = { kind: 'set'; id: string; entry: WrittenEntry } | RemoveEdit;

export interface RemoveEdit {
  kind: 'remove';
  id: string;
}

/** A piece of a text and what comes in its place; `from === to` inserts. Offsets in UTF-16 units. */
export interface Splice {
  from: number;
  to: number;
  text: string;
}

/** How a text is laid out, so that what is added looks like the rest. */
export interface Layout {
  /** As written. */
  text: string;
  /** `\n` or `\r\n`. */
  eol: string;
  /** What one level is indented by: spaces, or a tab. */
  step: string;
}

/** The text cannot be changed without a guess at what its writer meant. */
export class CannotEdit extends Error {}
