/**
 * Resolves when Ink's layout engine can be used. Run from the sources it always can; the bundled
 * Ink loads it in the background (scripts/build.ts puts its own promise here).
 */
export const layoutReady: Promise<void> = Promise.resolve();
