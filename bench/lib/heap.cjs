/**
 * Preload (`node --expose-gc --require`): on SIGUSR2 collects garbage and appends the bytes of the
 * heap that are left to the file BENCH_HEAP, one number a line.
 */
const fs = require('node:fs');

process.on('SIGUSR2', () => {
  global.gc();
  global.gc();
  fs.appendFileSync(process.env.BENCH_HEAP, `${process.memoryUsage().heapUsed}\n`);
});
