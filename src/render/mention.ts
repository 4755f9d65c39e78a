/** What is typed to read a resource: `@server:uri`, in quotes where it has blanks. */
export function mentionOf(server: string, uri: string): string {
  const target = `${server}:${uri}`;
  return /[\s"]/.test(target) ? `@"${target}"` : `@${target}`;
}
