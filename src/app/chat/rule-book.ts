import { covers, isOutdated, type Rule, type Subject } from '../../agent/rules.js';
import type { ApprovalStore } from './approval-store.js';

/** What is known of a tool's approval by rules. */
export interface Found {
  covered: boolean;
  /** There is a rule for it, and it is not what it was then. */
  changed: boolean;
}

/** The rules of this session and those of the file, as one book. */
export interface RuleBook {
  find: (subject: Subject) => Promise<Found>;
  addSession: (rule: Given) => void;
  /** Rejects when the file cannot be written; then nothing is added. */
  addAlways: (subject: Subject) => Promise<void>;
  /** All rules, the session's first. An unusable file adds none. */
  rules: () => Promise<readonly Rule[]>;
  /** By its id, or `all`. */
  forget: (id: string) => Promise<number>;
}

export interface RuleBookOptions {
  store: ApprovalStore;
  /** Told once when the file cannot be used. */
  onUnusable: (error: unknown) => void;
}

export function createRuleBook({ store, onUnusable }: RuleBookOptions): RuleBook {
  let session: readonly Rule[] = [];
  let told = false;
  let count = 0;

  async function fromFile(): Promise<readonly Rule[]> {
    try {
      return await store.read();
    } catch (error) {
      if (!told) onUnusable(error);
      told = true;
      return [];
    }
  }

  return {
    async find(subject) {
      // A session rule needs no look at the disk.
      if (session.some((rule) => covers(rule, subject))) return { covered: true, changed: false };
      const always = await fromFile();
      if (always.some((rule) => covers(rule, subject))) return { covered: true, changed: false };
      const changed = [...session, ...always].some((rule) => isOutdated(rule, subject));
      return { covered: false, changed };
    },
    addSession(rule) {
      const older = session.filter((known) => !replaces(rule, known));
      count += 1;
      session = [...older, { ...rule, id: `s${count}`, scope: 'session', since: now() }];
    },
    async addAlways({ server, identity, tool, pin }) {
      const pins = new Map([[tool, pin]]);
      const given = { server, identity, pins, all: false };
      await store.change((rules) => [
        ...rules.filter((known) => !replaces(given, known)),
        { ...given, id: freeId(rules), scope: 'always', since: now() },
      ]);
    },
    rules: async () => [...session, ...(await fromFile())],
    async forget(id) {
      const isMeant = (rule: Rule) => id === 'all' || rule.id === id;
      const before = session.length;
      session = session.filter((rule) => !isMeant(rule));
      let forgotten = before - session.length;
      if (!(await store.read()).some(isMeant)) return forgotten;
      await store.change((rules) => {
        const kept = rules.filter((rule) => !isMeant(rule));
        forgotten += rules.length - kept.length;
        return kept;
      });
      return forgotten;
    },
  };
}

type Given = Pick<Rule, 'server' | 'identity' | 'pins' | 'all'>;

/** A new yes takes the place of the one before it for the same server and tool. */
function replaces(given: Given, known: Rule): boolean {
  if (known.server !== given.server || known.identity !== given.identity) return false;
  if (given.all || known.all) return given.all;
  return [...known.pins.keys()].every((tool) => given.pins.has(tool));
}

/** `a1`, `a2`, …: short enough to type. */
function freeId(rules: readonly Rule[]): string {
  const taken = new Set(rules.map(({ id }) => id));
  let number = 1;
  while (taken.has(`a${number}`)) number += 1;
  return `a${number}`;
}

function now(): string {
  return new Date().toISOString();
}
