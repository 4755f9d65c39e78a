import type { ElicitationAnswer, UrlRequest } from '../../../core/asks.js';
import { pageWarnings } from '../../../core/ask-warnings.js';
import { choiceDialog, type AskChoice } from '../asks/choice-dialog.js';
import type { Make } from '../asks/guard.js';
import { copyNote, failureNote, warningNotes, type Note, type PagePorts } from '../asks/page.js';
import { messageRows, urlRows } from '../asks/url-rows.js';
import { safeLine } from '../safe.js';

/** Asks before a page is opened; nothing is fetched or opened before the person says so (client/elicitation#url-mode). */
export function urlDialog(request: UrlRequest, ports: PagePorts): Make<ElicitationAnswer> {
  const { url, message } = request;
  const { openUrl } = ports;
  const server = safeLine(request.server, 128);
  const warnings = warningNotes(pageWarnings(url));
  return (settle) => {
    let note: Note | undefined;
    let opening = false;
    const open = async (openPage: (url: string) => Promise<void>) => {
      if (opening) return;
      opening = true;
      note = ['info', 'Opening the browser…'];
      try {
        await openPage(url);
        settle({ action: 'accept' });
      } catch (error) {
        note = failureNote(error);
        ports.changed();
      }
      opening = false;
    };
    const choices: AskChoice[] = [
      {
        letter: 'n',
        words: 'No, decline',
        short: 'No',
        act: () => settle({ action: 'decline' }),
      },
      {
        letter: 'm',
        words: 'I open it myself',
        short: 'Myself',
        act() {
          ports.printUrl(url);
          settle({ action: 'accept' });
        },
      },
    ];
    if (openUrl !== undefined) {
      choices.splice(1, 0, {
        letter: 'o',
        words: 'Open it in the browser',
        short: 'Open',
        act: () => void open(openUrl),
      });
    }
    return choiceDialog({
      title: `${server} asks you to open a page`,
      notes: () => [...warnings, ...(note === undefined ? [] : [note])],
      content: (frame) => [...messageRows(message, frame), ...urlRows(request, frame)],
      choices,
      others: [{ letter: 'c', act: () => (note = copyNote(ports.copy(url))) }],
      selected: 0,
      leave: () => settle({ action: 'cancel' }),
      keys: 'c copy the address · Esc cancel',
    });
  };
}
