import type { ChatAsks } from '../../../core/chat.js';
import { abortError } from '../../../core/errors.js';
import { rootsDialog } from '../consent/roots-dialog.js';
import { formDialog } from '../elicitation/form-dialog.js';
import { urlDialog } from '../elicitation/url-dialog.js';
import type { Layers } from '../layers.js';
import { loginDialog } from '../login/login-dialog.js';
import { safeLine } from '../safe.js';
import { samplingDialog } from '../sampling/review-dialog.js';
import { guarded, type Make } from './guard.js';
import type { PagePorts } from './page.js';

export interface ChatAsksOptions extends PagePorts {
  layers: Layers;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** One line above the input. */
  note: (text: string) => void;
}

/** Asks the person what servers ask, in the place of the input, one after the other. */
export function createChatAsks(options: ChatAsksOptions): ChatAsks {
  const { layers, now, note } = options;
  const ask = async <T>(server: string, make: Make<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await layers.show(guarded(make, now), signal);
    } catch (error) {
      if (signal.aborted) {
        const why = abortError(signal).message;
        note(`${safeLine(server, 64)} asks no more: ${safeLine(why, 200)}`);
      }
      throw error;
    }
  };
  return {
    elicit: (request, signal) =>
      ask(
        request.server,
        request.mode === 'form'
          ? formDialog(request, { now, waiting: () => Math.max(0, layers.waiting - 1) })
          : urlDialog(request, options),
        signal,
      ),
    reviewSampling: (review, signal) => ask(review.request.server, samplingDialog(review), signal),
    askRoots: (request, signal) => ask(request.server, rootsDialog(request), signal),
    // The redirect of the browser ends it as well; what became of the login is told by its events.
    askLogin: (request, signal) => layers.show(guarded(loginDialog(request, options), now), signal),
  };
}
