export function playBrowser(
  start: string | URL,
  options?: {
    /** Ends before it asks for an address that begins with this, and tells it. */
    stopAt?: string;
  },
): Promise<{ status: number; url: string; body: string }>;
