import type { ApprovalRule, Chat, ChatApprovalMode } from '../../../core/chat.js';
import { plural } from '../transcript/amounts.js';
import { wordCompletion, wordsBefore } from '../completion/items.js';
import { safeLine } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext } from '../types.js';
import { firstWord, oneOf, usage } from './parts.js';

const MODES: Record<ChatApprovalMode, string> = {
  ask: 'ask before every call',
  'auto-read': 'calls that their server declares read-only run, the others ask',
  auto: 'every call runs',
  never: 'no call runs, unless a rule allows it',
};

const WORDS = ['ask', 'auto-read', 'auto', 'never', 'forget'] as const;

export const approve: Command = {
  name: 'approve',
  summary: 'which tool calls run without a question',
  arguments: 'optional',
  forms: [
    ['/approve', 'the mode and the rules'],
    ...Object.entries(MODES).map(([mode, what]) => [`/approve ${mode}`, what] as const),
    ['/approve forget <n|all>', 'take a rule back'],
  ],
  complete: async (args, cursor, { chat }) => {
    const [first, second] = wordsBefore(args, cursor);
    if (first === undefined) {
      return wordCompletion(args, cursor, [
        ...Object.entries(MODES).map(([value, detail]) => ({ value, detail })),
        { value: 'forget', detail: 'take a rule back', more: true },
      ]);
    }
    if (first !== 'forget' || second !== undefined) return undefined;
    const rules = await chat.approvals.rules();
    return wordCompletion(args, cursor, [
      ...rules.map((rule, at) => ({ value: String(at + 1), detail: describe(rule) })),
      { value: 'all', detail: 'all rules' },
    ]);
  },
  async run(args, context) {
    const [word, rest] = firstWord(args);
    if (word === '') return printRules(context);
    const action = oneOf(word, WORDS, 'approval mode');
    if (action === 'forget') return forget(rest, context);
    context.chat.approvals.setMode(action);
    context.screen.note(action === 'auto' ? 'warning' : 'success', `Approval: ${MODES[action]}.`);
  },
};

function describe({ server, tool, scope }: ApprovalRule): string {
  return `${server}/${tool} ${scope === 'always' ? 'always' : 'this session'}`;
}

async function printRules({ chat, screen }: CommandContext): Promise<void> {
  const mode = chat.approvals.mode();
  screen.note('info', `Approval: ${mode}, ${MODES[mode]}.`);
  const rules = await chat.approvals.rules();
  if (rules.length === 0) {
    screen.note('info', 'There are no rules.');
    return;
  }
  const rows = rules.map(({ server, tool, scope, since, stale }, at) => [
    String(at + 1),
    `${server}/${tool}`,
    scope === 'always' ? 'always' : 'this session',
    since.slice(0, 10),
    stale === true ? { text: 'changed since, asks again', role: 'warning' as const } : '',
  ]);
  const head = ['no.', 'tool', 'allowed', 'since', 'state'];
  screen.print(tableRows(screen.frame(), { head, rows }));
}

async function forget(word: string, { chat, screen }: CommandContext): Promise<void> {
  const rules = await chat.approvals.rules();
  const id = word === 'all' ? 'all' : ruleId(word, rules);
  const count = await chat.approvals.forget(id);
  screen.note('success', `Forgot ${plural(count, 'rule')}; those tools ask again.`);
}

function ruleId(word: string, rules: Awaited<ReturnType<Chat['approvals']['rules']>>): string {
  const rule = /^\d+$/.test(word) ? rules[Number(word) - 1] : undefined;
  if (rule !== undefined) return rule.id;
  throw usage(
    word === '' ? 'Which rule?' : `There is no rule ${safeLine(word, 40)}.`,
    rules.length === 0 ? 'There are no rules.' : `/approve forget 1 … ${rules.length}, or all`,
  );
}
