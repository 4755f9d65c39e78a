import { afterAll, beforeAll, describe, it } from 'vitest';
import { COLUMNS, FEATURES, type ColumnId } from '../features.js';
import { openBench, startPeers, type Bench, type Peers } from './bench.js';
import { EXERCISES } from './exercises.js';

/** A test for each feature that exists in this era over this transport; scripts/features.ts reads the names. */
export function describeColumn(id: ColumnId): void {
  const column = COLUMNS.find((one) => one.id === id);
  if (column === undefined) throw new Error(id);
  describe(id, () => {
    let peers: Peers;
    beforeAll(async () => {
      peers = await startPeers(column);
    }, 60_000);
    afterAll(() => peers?.close());

    for (const feature of FEATURES) {
      if (feature.absent[id] !== undefined) continue;
      it(feature.id, async () => {
        const opened: Bench[] = [];
        try {
          await EXERCISES[feature.id](async (options) => {
            const bench = await openBench(column, peers, options);
            opened.push(bench);
            return bench;
          }, column);
        } finally {
          await Promise.all(opened.map((bench) => bench.close()));
        }
      });
    }
  });
}
