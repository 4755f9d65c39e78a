import type { AnswerSampling, AskElicitation, Root } from '../core/asks.js';

/**
 * What the servers of a run may ask of their host. A port that is left out is a capability that is
 * not declared, and what it stands for is refused with -32601.
 */
export interface HostPorts {
  elicit?: AskElicitation;
  sample?: AnswerSampling;
  roots?: RootsPort;
  /** Lets a person log in; left out, a server that wants it fails with `auth_required`. */
  login?: LoginPort;
}

export interface RootsPort {
  /** The folders this server may know of; empty when nobody said yes. */
  list: (server: string, signal: AbortSignal) => Promise<readonly Root[]>;
  /** They are others than before. Returns the way to stop. */
  onChange: (listener: () => void) => () => void;
}

/** The person's part of an authorization code flow (RFC 8252). */
export interface LoginPort {
  /** Opens the way back before anything is asked: its address is part of what is asked. */
  begin: (login: LoginBegin, signal: AbortSignal) => Promise<PendingLogin>;
}

export interface LoginBegin {
  /** The configured id. */
  server: string;
  /** A redirect URI that was registered beforehand; otherwise a free port of 127.0.0.1. */
  redirectUri?: string;
}

export interface PendingLogin {
  /** As it is registered and sent. */
  readonly redirectUri: string;
  /**
   * Sends the person to `url`, which is checked already, and resolves to the query of the redirect
   * that carries this `state`. Rejects with `auth_required` when the person gives up or nobody is there.
   */
  authorize: (url: URL, state: string) => Promise<URLSearchParams>;
  /** Ends the way back. Never throws. */
  close: () => Promise<void>;
}
