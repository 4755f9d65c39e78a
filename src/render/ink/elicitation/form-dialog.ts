import type { ElicitationAnswer, FormField, FormRequest } from '../../../core/asks.js';
import { looksSecret } from '../../../core/ask-warnings.js';
import { messageRows } from '../asks/url-rows.js';
import type { Make } from '../asks/guard.js';
import { remembered } from '../remembered.js';
import { createScroll } from '../scroll.js';
import type { Key } from '../types.js';
import type { FieldEditor, FieldResult } from './field-editor.js';
import { openField } from './open-field.js';
import {
  contentOf,
  currentButton,
  currentField,
  moveTo,
  openForm,
  problemsOf,
  setValue,
  toFirstProblem,
  type Button,
  type FormState,
} from './form-state.js';
import { editView, listView, reviewView } from './form-view.js';

export interface FormDialogOptions {
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Other questions that wait. */
  waiting: () => number;
}

/** An Enter that only repeats the one before sends nothing. */
const REPEAT_MS = 300;

/** A form of a server: values are changed and seen before they are sent; no and cancel are always there. */
export function formDialog(
  request: FormRequest,
  { now, waiting }: FormDialogOptions,
): Make<ElicitationAnswer> {
  const secrets = request.fields.filter(looksSecret);
  return (settle) => {
    let state = openForm(request.fields);
    let editing: { field: FormField; editor: FieldEditor } | undefined;
    let reviewing = false;
    /** All that would be sent was on the screen. */
    let seen = false;
    let enteredAt = -Infinity;
    const scroll = createScroll();
    const message = remembered((frame) => messageRows(request.message, frame));

    const send = () => {
      if (problemsOf(state).size > 0) {
        state = toFirstProblem(state);
        reviewing = false;
      } else if (seen || reviewing) {
        settle({ action: 'accept', content: contentOf(state) });
      } else {
        reviewing = true;
        scroll.toTop();
      }
    };
    const press: Record<Button, () => void> = {
      send,
      decline: () => settle({ action: 'decline' }),
      cancel: () => settle({ action: 'cancel' }),
    };
    const take = (result: FieldResult): boolean => {
      if (result === undefined || editing === undefined) return false;
      if (result !== 'back') {
        state = moveTo(setValue(state, editing.field, result.value), state.index + 1);
      }
      editing = undefined;
      scroll.toTop();
      return true;
    };
    const edit = (field: FormField, first?: Key) => {
      const editor = openField(field, state.values.get(field.name));
      if (editor === undefined) {
        state = setValue(state, field, nextAnswer(field, state, first));
        return;
      }
      editing = { field, editor };
      scroll.toTop();
      if (first !== undefined) editor.key(first);
    };
    const enter = () => {
      const repeated = now() - enteredAt < REPEAT_MS;
      enteredAt = now();
      const button = reviewing ? 'send' : currentButton(state);
      const field = currentField(state);
      if (button !== undefined && !repeated) press[button]();
      else if (field !== undefined && !reviewing) edit(field);
    };
    const inList = (key: Key) => {
      const field = currentField(state);
      const step = stepOf(key);
      if (key.name === 'enter') enter();
      else if (step !== undefined) state = moveTo(state, state.index + step);
      else if (isPage(key)) scroll.key(key);
      else if (field === undefined || key.ctrl || key.alt) return;
      else if (key.name === 'backspace' || key.name === 'delete') {
        state = setValue(state, field, undefined);
      } else if (key.name === 'text' || key.name === 'paste') edit(field, openingKey(field, key));
      else if (key.name === 'home') state = moveTo(state, 0);
      else if (key.name === 'end') state = moveTo(state, state.fields.length);
    };
    const back = () => {
      if (reviewing) reviewing = false;
      else settle({ action: 'cancel' });
      scroll.toTop();
    };
    return {
      key(key) {
        if (key.ctrl && key.name === 'c') return press.cancel();
        if (key.ctrl && key.name === 'x') return press.decline();
        if (key.ctrl && key.name === 's') {
          // Not before the new value has been on the screen.
          if (editing === undefined) send();
          else if (take(editing.editor.finish())) state = moveTo(state, state.fields.length);
          return;
        }
        if (editing !== undefined) {
          if (isPage(key) && !('options' in editing.field)) scroll.key(key);
          else if (key.name === 'enter') {
            enteredAt = now();
            take(editing.editor.key(key));
          } else take(editing.editor.key(key));
        } else if (key.name === 'escape') back();
        else if (!reviewing) inList(key);
        else if (key.name === 'enter') enter();
        else scroll.key(key);
      },
      view(maxRows, frame) {
        const parts = { request, secrets, waiting: waiting(), scroll, maxRows, frame };
        if (editing !== undefined) return editView({ ...parts, ...editing });
        if (reviewing) return reviewView({ ...parts, state });
        const view = listView({ ...parts, state, message: message(frame) });
        seen = view.complete;
        return view;
      },
    };
  };
}

function isPage({ name, ctrl, alt }: Key): boolean {
  return !ctrl && !alt && (name === 'pageup' || name === 'pagedown');
}

/** Fields and buttons the key moves over. */
function stepOf({ name, ctrl, alt, shift }: Key): number | undefined {
  if (alt) return undefined;
  if (name === 'tab') return shift ? -1 : 1;
  if (name === 'up' || (ctrl && name === 'p')) return -1;
  if (name === 'down' || (ctrl && name === 'n')) return 1;
  if (ctrl) return undefined;
  return name === 'left' ? -1 : name === 'right' ? 1 : undefined;
}

/** What is typed in the list goes into the field; a space only opens what is a list itself. */
function openingKey(field: FormField, key: Key): Key | undefined {
  return 'options' in field && key.text === ' ' ? undefined : key;
}

/** Yes and no by their letter, otherwise the next of: nothing (where it may be), yes, no. */
function nextAnswer(field: FormField, state: FormState, key: Key | undefined): boolean | undefined {
  if (key?.text === 'y') return true;
  if (key?.text === 'n') return false;
  const value = state.values.get(field.name);
  if (value === true) return false;
  return value === false && !field.required ? undefined : true;
}
