import type { Root } from '../../../core/asks.js';
import { choiceDialog } from '../asks/choice-dialog.js';
import type { Make } from '../asks/guard.js';
import { guttered } from '../gutter.js';
import { safeLine } from '../safe.js';
import { plural } from '../transcript/amounts.js';
import type { Frame, Rows } from '../types.js';

export interface RootsRequest {
  server: string;
  roots: readonly Root[];
}

/** Asks whether a server may be told of these folders (client/roots#user-interaction-model). */
export function rootsDialog(request: RootsRequest): Make<boolean> {
  const server = safeLine(request.server, 128);
  const count = plural(request.roots.length, 'folder');
  return (settle) =>
    choiceDialog({
      title: `${server} asks which folders it may work in`,
      notes: () => [
        ['info', `It would be told of ${count}. What it does there is its own affair.`],
      ],
      content: (frame) => request.roots.flatMap((root) => rootRows(root, frame)),
      choices: [
        { letter: 'n', words: 'No, tell it nothing', short: 'No', act: () => settle(false) },
        { letter: 'y', words: 'Yes, for this session', short: 'Yes', act: () => settle(true) },
      ],
      selected: 0,
      leave: () => settle(false),
      keys: 'Esc = no · /roots lists, adds and removes folders',
    });
}

function rootRows({ uri, name }: Root, frame: Frame): Rows {
  const title = name === undefined ? '' : `${safeLine(name, 200)}: `;
  return guttered(`${title}${safeLine(uri, 4096)}`, frame, { word: 'folder' });
}
