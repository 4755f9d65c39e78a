/** The package's version; the build writes it in, a run from source reads package.json. */
declare const OSTLER_VERSION: string | undefined;
export const VERSION: string = typeof OSTLER_VERSION === 'string' ? OSTLER_VERSION : '0.1.0-dev';
