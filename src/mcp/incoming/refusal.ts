/** JSON-RPC codes of an answer that is none. */
export const INVALID_PARAMS = -32_602;
export const METHOD_NOT_FOUND = -32_601;
export const INTERNAL = -32_603;
/** More questions than the host passes on; a code of our own in the range for implementations. */
export const TOO_MANY = -32_000;
/** A person said no (client/sampling#error-handling). */
export const REJECTED = -1;

/** Why a server's question gets an error for an answer. The message goes to the server: nothing local in it. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}
