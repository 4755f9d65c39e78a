import type { PullProgress } from '../../../core/chat.js';
import { formatSize } from '../amounts.js';
import { wordCompletion } from '../completion/items.js';
import { safeLine } from '../safe.js';
import type { Command } from '../types.js';
import { modelCandidates } from './model.js';
import { usage } from './parts.js';

export const pull: Command = {
  name: 'pull',
  summary: 'download a model',
  arguments: 'required',
  forms: [['/pull <name>', 'download a model, or its newer version']],
  complete: async (args, cursor, { chat, signal }) =>
    wordCompletion(args, cursor, await modelCandidates(chat, signal)),
  async run(args, { chat, screen, signal }) {
    const name = args.trim();
    if (name === '') throw usage('Which model?', 'For example: /pull llama3.1');
    const shown = safeLine(name, 100);
    const busy = screen.busy(`Pulling ${shown}`);
    let last = '';
    try {
      await chat.model.pull(
        name,
        (progress) => {
          const text = `Pulling ${shown}: ${describeProgress(progress)}`;
          // A pull tells several times a millisecond.
          if (text !== last) busy.update(text);
          last = text;
        },
        signal,
      );
    } finally {
      busy.end();
    }
    screen.note('success', `${shown} is installed. Take it with /model ${shown}.`);
  },
};

function describeProgress({ status, completed = 0, total }: PullProgress): string {
  const what = safeLine(status, 60);
  if (total === undefined || total <= 0) return what;
  const percent = Math.floor(Math.min(1, Math.max(0, completed / total)) * 100);
  return `${what} ${percent} % of ${formatSize(total)}`;
}
