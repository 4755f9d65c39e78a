/** A selection of scenarios, by the suite's own names. */
export interface ConformanceSet {
  name: string;
  /** Folder in test/conformance/node_modules. */
  suite: 'conformance-stable' | 'conformance-alpha';
  /** As the documentation calls it. */
  title: string;
  /** Arguments of `conformance client` that select it. */
  select: readonly string[];
  /** Arguments that run one scenario as this selection does. */
  each: readonly string[];
}

const STABLE = '0.1.16';
const ALPHA = '0.2.0-alpha.12';

export const SETS: readonly ConformanceSet[] = [
  suite('stable-core', 'conformance-stable', `${STABLE}, core`, 'core'),
  suite('stable-all', 'conformance-stable', `${STABLE}, all`, 'all'),
  requirements('2025-11-25'),
  requirements('2026-07-28'),
  suite('alpha-all', 'conformance-alpha', `${ALPHA}, all`, 'all'),
];

function suite(
  name: string,
  folder: ConformanceSet['suite'],
  title: string,
  selection: string,
): ConformanceSet {
  return { name, suite: folder, title, select: ['--suite', selection], each: [] };
}

function requirements(revision: string): ConformanceSet {
  return {
    name: revision,
    suite: 'conformance-alpha',
    title: `${ALPHA}, requirements of ${revision}`,
    select: ['--requirements', revision],
    // What the suite does with each of them.
    each: ['--spec-version', revision, '--force'],
  };
}
