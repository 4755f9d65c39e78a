/** What the SDK says of an answer, or of progress, that comes after its request is over. */
const LATE =
  /^Received a (progress notification for an unknown token|response for an unknown message ID)/;

/**
 * True for what comes too late and means nothing: the answer to a request that was cancelled, and
 * the last progress when it comes in one piece with the result, which is the end of it anyway.
 */
export function isLate(error: Error): boolean {
  return LATE.test(error.message);
}
