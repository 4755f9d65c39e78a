import { defineConfig } from 'vitest/config';

/** Opt-in: needs an Ollama at OLLAMA_HOST with the model OSTLER_LIVE_MODEL (default llama3.1). */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    // A model on a slow machine has to load first.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
});
