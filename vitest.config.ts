import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,integration,e2e}/**/*.test.ts'],
    // Tests spawn real processes; two cores, and a slow machine must not fail them.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // A shared machine can starve a terminal of its time for seconds; at home a test has one try.
    retry: process.env['CI'] === undefined ? 0 : 1,
    unstubEnvs: true,
  },
});
