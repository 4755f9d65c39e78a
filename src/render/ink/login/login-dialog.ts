import type { LoginAnswer, LoginRequest } from '../../../core/asks.js';
import { pageWarnings } from '../../../core/ask-warnings.js';
import { choiceDialog } from '../asks/choice-dialog.js';
import type { Make } from '../asks/guard.js';
import { copyNote, failureNote, warningNotes, type Note, type PagePorts } from '../asks/page.js';
import { urlRows } from '../asks/url-rows.js';
import { safeLine } from '../safe.js';
import { textMode, type TextMode } from '../text-mode.js';

/**
 * Asks before a browser is opened to log in, and waits for its way back: a signal ends the question
 * when it came, or a person pastes where a browser on another device ended.
 */
export function loginDialog(request: LoginRequest, ports: PagePorts): Make<LoginAnswer> {
  const { url, host } = request;
  const { openUrl } = ports;
  const server = safeLine(request.server, 128);
  return (settle) => {
    let note: Note | undefined;
    let waiting: TextMode<LoginAnswer> | undefined;
    const open = async () => {
      if (openUrl === undefined) return settle({ kind: 'open' });
      waiting = waitMode(host);
      try {
        await openUrl(url);
      } catch (error) {
        waiting = undefined;
        note = failureNote(error);
      }
      ports.changed();
    };
    const cancel = () => settle({ kind: 'cancel' });
    const question = choiceDialog({
      title: `${server} wants you to log in at ${safeLine(host, 200)}`,
      notes: () => [...warningNotes(pageWarnings(url)), ...(note === undefined ? [] : [note])],
      content: (frame) => urlRows(request, frame),
      choices: [
        { letter: 'o', words: 'Open it in the browser', short: 'Open', act: () => void open() },
        {
          letter: 'm',
          words: 'I open it myself, here or on another device',
          short: 'Myself',
          act() {
            ports.printUrl(url);
            waiting = waitMode(host);
          },
        },
        { letter: 'n', words: 'No, do not log in', short: 'No', act: cancel },
      ],
      others: [{ letter: 'c', act: () => (note = copyNote(ports.copy(url))) }],
      selected: 2,
      leave: cancel,
      keys: 'c copy the address · Esc cancel',
    });
    return {
      key(key) {
        const result = waiting === undefined ? question.key(key) : waiting.key(key);
        if (result === 'back') cancel();
        else if (result !== undefined) settle(result.answer);
      },
      view: (maxRows, frame) => (waiting ?? question).view(maxRows, frame),
    };
  };
}

/** While the redirect is awaited; nothing pasted means to wait without this line. */
function waitMode(host: string): TextMode<LoginAnswer> {
  return textMode<LoginAnswer>({
    text: '',
    title: `Waiting for the browser to come back from ${safeLine(host, 200)}`,
    keys: 'Esc ends it · Enter waits in the background · or paste the address it ended at',
    rows: 4,
    oneLine: true,
    accept(text) {
      const redirected = text.trim();
      return { answer: redirected === '' ? { kind: 'manual' } : { kind: 'manual', redirected } };
    },
  });
}
