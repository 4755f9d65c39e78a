import { OstlerError } from '../../../core/errors.js';
import { safeLine } from '../safe.js';
import type { NoteLevel } from '../types.js';

/** What a dialog about a page can do to the person's machine. */
export interface PagePorts {
  /** Opens the page in the person's browser; undefined where there is none. Rejects with an `OstlerError`. */
  openUrl?: ((url: string) => Promise<void>) | undefined;
  /** False when the terminal cannot take it. */
  copy: (text: string) => boolean;
  /** Prints the address where it can be marked with the mouse. */
  printUrl: (url: string) => void;
  changed: () => void;
}

/** A line of the dialog; safe. */
export type Note = readonly [NoteLevel, string];

export function warningNotes(warnings: readonly string[]): readonly Note[] {
  return warnings.map((text) => ['warning', text] as const);
}

export function copyNote(copied: boolean): Note {
  return copied
    ? ['success', 'The address is in the clipboard.']
    : ['error', 'The address is too long for the clipboard of a terminal.'];
}

export function failureNote(error: unknown): Note {
  const message = error instanceof OstlerError ? error.message : 'A browser could not be opened.';
  return ['error', `${safeLine(message, 300)} Open it yourself (m), or copy it (c).`];
}
