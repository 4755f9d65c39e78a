/** Fixtures that a test starts and need not end itself: `afterEach(endKept)`. */
const ends: (() => Promise<void>)[] = [];

export async function kept<T extends { close: () => Promise<void> }>(
  starting: T | Promise<T>,
): Promise<T> {
  const fixture = await starting;
  ends.push(fixture.close);
  return fixture;
}

/** Ends them, the latest first. */
export async function endKept(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end();
}
