import type { Chat, Outgoing } from '../../core/chat.js';
import { abortError, OstlerError } from '../../core/errors.js';
import { createAbort } from '../../core/wait.js';
import { createShellOutput } from './shell-output.js';
import { toSubmission } from './submission.js';
import type { Transcript } from './transcript/types.js';
import type { CommandContext, Machine, Screen, Submission } from './types.js';

export interface LineRunnerOptions {
  /** Resolves when the engine is there. */
  chat: Promise<Chat>;
  screen: Screen;
  machine: Machine;
  /** Where the output of a shell command goes. */
  part: Transcript['part'];
  /** True while the model answers. */
  isBusy: () => boolean;
  send: (message: Outgoing) => Promise<void>;
  /** What could not be sent goes back to where it was written. */
  giveBack: (text: string) => void;
  changed: () => void;
}

/** Finds out what a submitted line means and does it: a message, a command, a line for the shell. */
export interface LineRunner {
  submit: (text: string) => void;
  /** Something other than a prompt is under way. */
  readonly busy: boolean;
  /** Ends what is under way. */
  interrupt: () => void;
  /** A command that deals with this server is under way, and will tell what became of it. */
  dealsWith: (server: string) => boolean;
}

/** Commands that change the conversation under a running answer. */
const NEED_QUIET = new Set([
  'clear',
  'compact',
  'undo',
  'retry',
  'edit',
  'resume',
  'system',
  'model',
]);

export function createLineRunner(options: LineRunnerOptions): LineRunner {
  const { screen, machine, changed } = options;
  /** What is under way, with the arguments of a `/servers` command. */
  const running = new Map<AbortController, string | undefined>();
  /** Lines are understood in their order, however long a mentioned file takes. */
  let order: Promise<unknown> = Promise.resolve();

  const carryOut = async (submission: Submission, context: CommandContext) => {
    switch (submission.kind) {
      case 'message':
        await options.send(submission.message);
        break;
      case 'shell':
        await runShell(submission.line, context, options.part());
        break;
      case 'command':
        if (options.isBusy() && NEED_QUIET.has(submission.command.name)) {
          throw new OstlerError(
            'usage',
            `/${submission.command.name} has to wait for the answer.`,
            {
              hint: 'Press Esc to interrupt it.',
            },
          );
        }
        await submission.command.run(submission.args, context);
        break;
      case 'unknown-command':
        throw unknownCommand(submission);
    }
  };
  const understand = async (text: string, controller: AbortController) => {
    const { signal } = controller;
    const context = { chat: await options.chat, screen, machine, signal };
    return { submission: await toSubmission(text, context), context };
  };
  const run = async (text: string) => {
    const controller = createAbort();
    running.set(controller, undefined);
    changed();
    const understood = order.then(() => understand(text, controller));
    order = understood.catch(() => {});
    let known = false;
    try {
      const { submission, context } = await understood;
      known = submission.kind !== 'unknown-command';
      if (submission.kind === 'command' && submission.command.name === 'servers') {
        running.set(controller, submission.args);
      }
      await carryOut(submission, context);
    } catch (error) {
      if (!known) options.giveBack(text);
      if (controller.signal.aborted) screen.note('info', abortError(controller.signal).message);
      else screen.error(error);
    } finally {
      running.delete(controller);
      changed();
    }
  };
  return {
    submit: (text) => void run(text),
    get busy() {
      return running.size > 0;
    },
    interrupt() {
      for (const controller of running.keys()) {
        controller.abort(new OstlerError('interrupted', 'Interrupted.'));
      }
    },
    dealsWith: (server) =>
      [...running.values()].some(
        (args) =>
          args !== undefined && (args === 'reload' || args.includes(server.replace(/-\d+$/, ''))),
      ),
  };
}

function unknownCommand({ name, nearest }: Extract<Submission, { kind: 'unknown-command' }>) {
  return new OstlerError('usage', `There is no command /${name}.`, {
    hint: nearest === undefined ? 'See /help.' : `Did you mean /${nearest}? See /help.`,
  });
}

/** The command's output as it comes, and how it ended when that was not well. */
async function runShell(
  line: string,
  { screen, machine, signal }: CommandContext,
  part: ReturnType<Transcript['part']>,
): Promise<void> {
  const busy = screen.busy(`! ${line}`);
  const output = createShellOutput({ part, frame: screen.frame });
  try {
    output.heading(line);
    const { code, signal: name } = await machine.shell(line, output.push, signal);
    output.end();
    if (signal.aborted) throw abortError(signal);
    if (name !== undefined) screen.note('error', `Ended by ${name}.`);
    else if (code !== 0) screen.note('error', `Exit code ${code ?? 'unknown'}.`);
  } finally {
    busy.end();
  }
}
