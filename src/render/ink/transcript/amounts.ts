/** `512 B`, `4.1 KB`, `34 KB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  if (kilobytes < 1024) return `${shortNumber(kilobytes)} KB`;
  return `${shortNumber(kilobytes / 1024)} MB`;
}

/** Milliseconds as `12ms`, `1.2s`, `34s`, `2m 05s`, `1h 02m`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 100) return `${Math.round(ms)}ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`;
  return formatSeconds(Math.round(ms / 1000));
}

/** Whole seconds as `34s`, `2m 05s`, `1h 02m`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

/** As `formatDuration`, of something that still runs: in tenths of a second, never below. */
export function formatElapsed(milliseconds: number): string {
  const tenths = Math.max(0, Math.floor(milliseconds / 100));
  return tenths < 1 ? '0.0s' : formatDuration(tenths * 100);
}

/** Tokens as `640`, `5.2k`, `32k`; a k is 1024, as in `num_ctx`. */
export function formatTokens(tokens: number): string {
  return tokens < 1000 ? String(tokens) : `${shortNumber(tokens / 1024)}k`;
}

/** `1 tool`, `3 tools`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function shortNumber(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
