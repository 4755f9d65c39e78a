/** Where the attachments of a message begin (`toMessages`). */
const ATTACHED = /\n\n\[Attached: [^\n]*\]\n`{3,}\n/;

/** What the person wrote of a user message in a stored session. */
export function promptOf(content: string): string {
  const at = content.search(ATTACHED);
  return at < 0 ? content : content.slice(0, at);
}
