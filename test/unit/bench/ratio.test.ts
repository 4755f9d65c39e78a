import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandsIn } from '../../../bench/lib/commands.js';
import { judge } from '../../../bench/lib/judge.js';
import { parseOptions } from '../../../bench/lib/options.js';
import { differenceOf, median, percentile, ratiosOf } from '../../../bench/lib/statistics.js';
import { toTable, updateTable } from '../../../bench/lib/table.js';
import type { Goal, Sample, Scenario } from '../../../bench/lib/types.js';

function sample(values: Partial<Sample>): Sample {
  return { wall: 0, turn: 0, answer: 0, cpu: 0, rss: 0, ...values };
}

function scenario(goal: Goal, ours: readonly string[] = ['ours']): Scenario {
  const rest = { argv: [], check: () => undefined };
  return {
    id: 'one',
    title: 'One',
    subjects: [
      { id: 'raw', role: 'raw', ...rest },
      ...ours.map((id) => ({ id, role: 'ours' as const, against: 'raw', ...rest })),
    ],
    goals: [goal],
  };
}

describe('statistics', () => {
  it('takes the middle value, the mean of two middle ones, and does not reorder its input', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('divides neighbours, so a slow spell of the machine that hits both cancels out', () => {
    const ratios = ratiosOf([20, 200, 22, 21], [10, 100, 10, 10]);
    expect(ratios.pairs).toBeCloseTo(2.05);
    expect(ratios.minima).toBe(2);
    expect(ratios.medians).toBeCloseTo(2.15);
  });

  it('leaves out a round that only one of them finished', () => {
    expect(ratiosOf([2, 9], [1]).pairs).toBe(2);
    expect(differenceOf([5, 7, 100], [1, 2])).toBe(4.5);
  });
});

describe('judge', () => {
  it('is ok at the limit and over above it', () => {
    const goal = { kind: 'ratio', metric: 'wall', limit: 1.5 } as const;
    const floor = [sample({ wall: 100 })];
    const at = (wall: number) =>
      judge(
        scenario(goal),
        new Map([
          ['raw', floor],
          ['ours', [sample({ wall })]],
        ]),
      )[0];
    expect(at(150)).toMatchObject({ verdict: 'ok', figure: '1.50 ×', goal: '≤ 1.5 × raw' });
    expect(at(151)).toMatchObject({ verdict: 'over' });
  });

  it('accepts either the amount or the ratio where a goal names both', () => {
    const goal = { kind: 'most', metric: 'turn', limit: 12, orRatio: 2.5 } as const;
    const verdict = (ours: number, raw: number) =>
      judge(
        scenario(goal),
        new Map([
          ['raw', [sample({ turn: raw })]],
          ['ours', [sample({ turn: ours })]],
        ]),
      )[0]?.verdict;
    expect(verdict(11, 1)).toBe('ok');
    expect(verdict(20, 8)).toBe('ok');
    expect(verdict(20, 7)).toBe('over');
  });

  it('counts the worst of several and names it', () => {
    const goal = { kind: 'ratio', metric: 'wall', limit: 1.25 } as const;
    const samples = new Map([
      ['raw', [sample({ wall: 10 })]],
      ['mcp', [sample({ wall: 11 })]],
      ['mcp add', [sample({ wall: 13 })]],
    ]);
    const [row] = judge(scenario(goal, ['mcp', 'mcp add']), samples);
    expect(row).toMatchObject({ verdict: 'over', figure: '1.30 × (mcp add)' });
  });

  it('subtracts for a goal on what something costs on top', () => {
    const goal = { kind: 'more', metric: 'rss', limit: 10 } as const;
    const samples = new Map([
      ['raw', [sample({ rss: 50 })]],
      ['ours', [sample({ rss: 57.5 })]],
    ]);
    const [row] = judge(scenario(goal), samples);
    expect(row).toMatchObject({ figure: '+7.5 MB', verdict: 'ok', goal: 'memory ≤ +10 MB' });
  });

  it('calls a goal without a measurement over', () => {
    const goal = { kind: 'ratio', metric: 'wall', limit: 2 } as const;
    expect(judge(scenario(goal, []), new Map())[0]).toMatchObject({ verdict: 'over' });
  });
});

describe('toTable', () => {
  it('has a column group for each node', () => {
    const row = {
      scenario: 'x',
      title: 'X',
      goal: '≤ 2 × raw',
      figure: '1.00 ×',
      libs: '',
      verdict: 'ok',
      share: 0.5,
    } as const;
    const lines = toTable([
      { node: 'v20.20.2', rows: [row] },
      { node: 'v24.1.0', rows: [{ ...row, figure: '3.00 ×', verdict: 'over' }] },
    ]).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/Node 20: ostler \| .*Node 24: ostler/);
    expect(lines[2]).toMatch(/X .*\| 1\.00 × +\| ok +\| – +\| 3\.00 × +\| over +\| – +\|/);
  });
});

describe('updateTable', () => {
  it('replaces what stands between the markers and nothing else', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'ostler-table-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'README.md');
    await writeFile(file, 'a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb\n');
    expect(await updateTable(file, '| new |')).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(
      'a\n<!-- bench:begin -->\n| new |\n<!-- bench:end -->\nb\n',
    );
    await writeFile(file, 'no markers');
    expect(await updateTable(file, '| new |')).toBe(false);
    expect(await readFile(file, 'utf8')).toBe('no markers');
  });
});

describe('commandsIn', () => {
  it('reads the names of a help text, without aliases, wrapped lines and help itself', () => {
    const help = `Usage: ostler [options] [command]

Options:
  -h, --help  display help

Commands:
  config            where settings come from
                    and what they are
  models|m [name]   the models
  help [command]    display help

Environment:
  OLLAMA_HOST       where Ollama is
`;
    expect(commandsIn(help)).toEqual(['config', 'models']);
    expect(commandsIn('Usage: ostler config path\n')).toEqual([]);
  });
});

describe('parseOptions', () => {
  it('runs nine rounds on this node unless told otherwise', () => {
    expect(parseOptions([])).toMatchObject({ nodes: ['current'], runs: 9, only: [] });
    expect(parseOptions(['--smoke'])).toMatchObject({ runs: 1 });
    expect(parseOptions(['--all-nodes', '--only', 'stdio,sse'])).toMatchObject({
      nodes: ['current', '24'],
      only: ['stdio', 'sse'],
    });
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it('refuses what it does not know', () => {
    expect(() => parseOptions(['--runs', 'many'])).toThrow(/--runs: not a number/);
    expect(() => parseOptions(['--fast'])).toThrow(TypeError);
  });
});

describe('at a terminal', () => {
  it('keeps a limit of nothing only with nothing', () => {
    const goal = { kind: 'most', metric: 'wipes', limit: 0 } as const;
    const row = (wipes: number) =>
      judge(scenario(goal), new Map([['ours', [sample({ wipes })]]]))[0];
    expect(row(0)).toMatchObject({ figure: '0 wipes', verdict: 'ok' });
    expect(row(1)).toMatchObject({ figure: '1 wipes', verdict: 'over' });
  });

  it('is over when a figure was not measured', () => {
    const goal = { kind: 'most', metric: 'share', limit: 15 } as const;
    expect(judge(scenario(goal), new Map([['ours', [{}]]]))[0]?.verdict).toBe('over');
  });

  it('takes the value at the 99th of a hundred for the 99th percentile', () => {
    const values = Array.from({ length: 200 }, (_, at) => 200 - at);
    expect(percentile(values, 99)).toBe(198);
    expect(percentile([7], 99)).toBe(7);
    expect(percentile([], 99)).toBeNaN();
  });
});
