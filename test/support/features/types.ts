import type { Column } from '../features.js';
import type { Bench, BenchOptions } from './bench.js';

/** Opens a connection of the column, which is closed after the test. */
export type Open = (options?: BenchOptions) => Promise<Bench>;

/** Uses one feature for real; throws when it does not work. */
export type Exercise = (open: Open, column: Column) => Promise<void>;
