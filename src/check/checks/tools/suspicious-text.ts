/** Bounded repeats: the text is a server's, which may want us to search for ever. Secrets that have a form of their own; a name is told, never the text. */
const SECRETS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/],
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['a JSON Web Token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['an API key (sk-…)', /\bsk-(?:[a-z]{1,10}-){0,3}[A-Za-z0-9_-]{20,}/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['a Google API key', /\bAIza[\w-]{35}\b/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]{0,15}:\/\/[^\s:/@]{1,64}:[^\s:/@<>{}$*]{3,64}@/i],
];

/** What speaks to a model rather than of the tool. Innocent texts may match: a hint, no proof. */
const INSTRUCTIONS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|earlier|other|all)\b.{0,30}\b(?:instructions?|prompts?|rules?|tools?)\b/i,
  /\b(?:do not|don't|never)\s+(?:tell|mention|inform|reveal|show|notify)\b.{0,40}\b(?:user|human|person)\b/i,
  /\bwithout\s+(?:asking|telling|informing|notifying)\b.{0,20}\b(?:user|human)\b/i,
  /<\/?(?:important|system|secret|instructions?|assistant)>/i,
  /\b(?:before|instead of|after)\s+(?:using|calling|running)\s+(?:any|every|all|other)\b.{0,30}\btools?\b/i,
  /\b(?:your|the)\s+system\s+prompt\b/i,
  /\b(?:read|send|include|pass|attach)\b.{0,60}(?:~\/\.ssh|id_rsa|\.env\b|mcp\.json|\bcredentials?\b|conversation history)/i,
];

/** Name of the first secret in the text. */
export function findSecret(text: string): string | undefined {
  return SECRETS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The words that look like an instruction to a model. */
export function findInstruction(text: string): string | undefined {
  const flat = text.replaceAll(/\s+/g, ' ').slice(0, 20_000);
  return INSTRUCTIONS.map((pattern) => pattern.exec(flat)?.[0]).find((found) => found);
}
