import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Node binaries to measure on: a path, a major version, or `current`. */
  nodes: readonly string[];
  runs: number;
  /** Scenario ids; empty = all. */
  only: readonly string[];
  /** Without ostler: raw and libs against each other. */
  floors: boolean;
  smoke: boolean;
  check: boolean;
  json: boolean;
  markdown: boolean;
}

export const USAGE = `Usage: npm run bench -- [options]
  --node PATH|MAJOR   measure on this node (default: the one that runs this; a major is installed from npm)
  --all-nodes         this node and Node 24
  --runs N            rounds of each scenario (default 9)
  --only ID[,ID]      these scenarios
  --floors            without ostler: the floors against each other
  --smoke             one round each: does everything run and answer rightly? No verdicts
  --check             exit 9 when a goal is missed by more than 15 %, also in a second try
  --json              the result as JSON on stdout
  --markdown          write the table into README.md and docs/benchmarks.md
`;

const FLAGS = {
  node: { type: 'string' },
  'all-nodes': { type: 'boolean' },
  runs: { type: 'string' },
  only: { type: 'string' },
  floors: { type: 'boolean' },
  smoke: { type: 'boolean' },
  check: { type: 'boolean' },
  json: { type: 'boolean' },
  markdown: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function toRuns(text: string | undefined, smoke: boolean): number {
  const runs = Number(text ?? (smoke ? 1 : 9));
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000) {
    throw new TypeError(`--runs: not a number from 1 to 1000 (got "${text}")`);
  }
  return runs;
}

/** Undefined when help was asked for. Throws a TypeError with one line for a wrong option. */
export function parseOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({ args: [...argv], options: FLAGS, strict: true });
  if (values.help) return undefined;
  const smoke = values.smoke ?? false;
  return {
    nodes: [values.node ?? 'current', ...(values['all-nodes'] ? ['24'] : [])],
    runs: toRuns(values.runs, smoke),
    only: values.only?.split(',').filter(Boolean) ?? [],
    floors: values.floors ?? false,
    smoke,
    check: values.check ?? false,
    json: values.json ?? false,
    markdown: values.markdown ?? false,
  };
}
