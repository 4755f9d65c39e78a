/** Top-level keys that only other hosts read: accepted, and ignored with a warning. */
const BY_HOST = {
  mcphost: 'debug compact theme markdownTheme stream prompt noExit noHooks quiet',
  cleverchatty:
    'agentId logFilePath debugMode messageWindow anthropic openai google ragSettings a2aSettings reverseMcpSettings',
  'VS Code': 'inputs',
  'Claude Desktop': 'globalShortcut preferences',
  opencode: 'provider',
} as const;

/** The host that reads a key, by the key. */
export const FOREIGN_KEYS: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_HOST).flatMap(([host, keys]) => keys.split(' ').map((key) => [key, host])),
);
