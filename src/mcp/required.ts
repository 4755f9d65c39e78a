import type { RequireServers } from '../config/types.js';
import { OstlerError } from '../core/errors.js';

/** What must be known of a server to judge it. */
export interface Outcome {
  id: string;
  required: boolean;
  connection?: unknown;
  error?: OstlerError;
  status: { status: string };
}

/**
 * Throws when a server is missing that must be there: `all` that are not disabled, `any` one of
 * them, the ones listed, and always those the configuration marks as required. The error is the
 * first missing server's own.
 */
export function checkRequired(results: readonly Outcome[], require?: RequireServers): void {
  const missing = results.filter((result) => isMissing(result, require));
  if (missing.length > 0) throw missingError(missing);
  if (Array.isArray(require)) {
    const unknown = (require as readonly string[]).find(
      (id) => !results.some((result) => result.id === id),
    );
    if (unknown !== undefined) {
      throw new OstlerError(
        'config_invalid',
        `No server named ${unknown} is configured, but it is required.`,
        {
          server: unknown,
          hint: `Configured: ${results.map(({ id }) => id).join(', ') || 'none'}.`,
        },
      );
    }
  }
  const enabled = results.filter(({ status }) => status.status !== 'disabled');
  if (require === 'any' && !enabled.some(({ connection }) => connection !== undefined)) {
    throw enabled[0] === undefined
      ? new OstlerError(
          'config_invalid',
          'At least one server is required, but none is configured.',
        )
      : missingError(enabled);
  }
}

function isMissing(result: Outcome, require: RequireServers | undefined): boolean {
  if (result.connection !== undefined) return false;
  if (Array.isArray(require) && require.includes(result.id)) return true;
  if (result.status.status === 'disabled') return false;
  return result.required || require === 'all';
}

function missingError(missing: readonly Outcome[]): OstlerError {
  const [first] = missing;
  const error =
    first?.error ??
    new OstlerError('config_invalid', `${first?.id ?? ''} is required, but disabled.`, {
      server: first?.id,
    });
  if (missing.length === 1) return error;
  const others = missing.slice(1).map(({ id }) => id);
  return new OstlerError(error.code, `${error.message} Also missing: ${others.join(', ')}.`, {
    hint: error.hint,
    server: error.server,
    status: error.status,
    cause: error,
  });
}
