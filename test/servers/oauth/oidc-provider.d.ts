/** What of oidc-provider 9 the tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Interaction {
    prompt: {
      name: string;
      details: {
        missingOIDCScope?: string[];
        missingResourceScopes?: Record<string, string[]>;
      };
    };
    params: Record<string, unknown> & { client_id: string };
    session?: { accountId: string };
    grantId?: string;
  }

  export interface Grant {
    addOIDCScope: (scopes: string) => void;
    addResourceScope: (resource: string, scopes: string) => void;
    save: () => Promise<string>;
  }

  export interface FoundToken {
    readonly kind: string;
    readonly aud?: string | string[];
    readonly scope?: string;
    readonly clientId?: string;
    readonly jkt?: string;
    readonly exp?: number;
  }

  export interface Adapter {
    upsert: (id: string, payload: Stored, expiresIn?: number) => Promise<void>;
    find: (id: string) => Promise<Stored | undefined>;
    findByUid: (uid: string) => Promise<Stored | undefined>;
    findByUserCode: (code: string) => Promise<Stored | undefined>;
    consume: (id: string) => Promise<void>;
    destroy: (id: string) => Promise<void>;
    revokeByGrantId: (grantId: string) => Promise<void>;
  }

  export type Stored = Record<string, unknown> & {
    uid?: string;
    grantId?: string;
    consumed?: number;
  };

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback: () => (request: IncomingMessage, response: ServerResponse) => void;
    on: (event: string, listener: (...args: unknown[]) => void) => void;
    interactionDetails: (
      request: IncomingMessage,
      response: ServerResponse,
    ) => Promise<Interaction>;
    interactionFinished: (
      request: IncomingMessage,
      response: ServerResponse,
      result: Record<string, unknown>,
      options?: { mergeWithLastSubmission: boolean },
    ) => Promise<void>;
    Grant: {
      new (grant: { accountId: string; clientId: string }): Grant;
      find: (id: string) => Promise<Grant | undefined>;
    };
    AccessToken: { find: (token: string) => Promise<FoundToken | undefined> };
    ClientCredentials: { find: (token: string) => Promise<FoundToken | undefined> };
  }
}
