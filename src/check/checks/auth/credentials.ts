import type { Audit, Credential, CredentialForm, Finding } from '../../audit/types.js';
import { isAuthorization } from './door.js';

/** `Scheme token`, or the bare token. */
export function valueWith({ scheme }: CredentialForm, token: string): string {
  return scheme === undefined ? token : `${scheme} ${token}`;
}

/** The good credential's header with these whole values instead, one header for each. */
export function withValues(
  audit: Audit,
  { header }: CredentialForm,
  { values, label }: { values: readonly string[]; label: string },
): Credential {
  const others = audit.good.headers.filter(([name]) => name.toLowerCase() !== header.toLowerCase());
  return { label, headers: [...values.map((value) => [header, value] as const), ...others] };
}

/** The token a credential carries in the good one's place. */
export function tokenOf({ headers }: Credential, { header, scheme }: CredentialForm): string {
  const value = headers.find(([name]) => name.toLowerCase() === header.toLowerCase())?.[1] ?? '';
  return scheme === undefined ? value : value.slice(scheme.length + 1);
}

export const NO_CREDENTIAL: Finding = {
  outcome: 'not_applicable',
  reason: 'No credential is configured, so there is none that could be wrong.',
};

/** A check that makes something of the good credential. */
export function withCredential(run: (audit: Audit, form: CredentialForm) => Promise<Finding>) {
  return async (audit: Audit): Promise<Finding> =>
    audit.form === undefined ? NO_CREDENTIAL : run(audit, audit.form);
}

/** A check about the syntax of `Authorization: Bearer …`. */
export function withBearer(run: (audit: Audit, form: CredentialForm) => Promise<Finding>) {
  return withCredential(async (audit, form) => {
    if (isAuthorization(form.header) && form.scheme?.toLowerCase() === 'bearer') {
      return run(audit, form);
    }
    const reason = `The credential is no bearer token: it is the whole value of ${form.header}.`;
    return { outcome: 'not_applicable', reason };
  });
}
