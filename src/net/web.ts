/** Names of web globals for bundled libraries that expect them (scripts/build.ts). */
export { NetHeaders as Headers } from './headers.js';
export { NetResponse as Response } from './response.js';
