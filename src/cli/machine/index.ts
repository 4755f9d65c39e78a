import type { FlagInput } from '../../config/load.js';
import type { CustomPrompt } from '../../core/prompt-files.js';
import type { Machine } from '../../render/ink/types.js';
import { editText } from './editor.js';
import { listDirectory, readAttachment, writeNew } from './files.js';
import { createShell, type ShellPlace } from './shell.js';

export interface MachineOptions extends ShellPlace {
  flags: FlagInput;
  prompts: () => Promise<readonly CustomPrompt[]>;
}

/** The person's machine, for the chat. */
export function createMachine({ flags, prompts, ...place }: MachineOptions): Omit<Machine, 'copy'> {
  return {
    cwd: place.cwd,
    shell: createShell(place),
    edit: (text) => editText(text, place),
    readFile: (name) => readAttachment(name, place),
    listDirectory: (name) => listDirectory(name, place),
    writeNew: (name, text) => writeNew(name, text, place),
    prompts,
    config: async () => {
      const { configText } = await import('../config.js');
      return configText({ flags, ...place });
    },
  };
}
