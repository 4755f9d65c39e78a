/** Features of MCP by era and transport: the list the tests, the README and docs/features.md are made from. */

export interface Column {
  id: ColumnId;
  era: 'legacy' | 'modern';
  transport: 'stdio' | 'sse' | 'http';
  title: string;
}

export type ColumnId = (typeof IDS)[number];

const IDS = ['legacy-stdio', 'legacy-sse', 'legacy-http', 'modern-stdio', 'modern-http'] as const;

const TRANSPORTS = { stdio: 'stdio', sse: 'HTTP+SSE', http: 'Streamable HTTP' } as const;
const ERAS = { legacy: '2025-11-25', modern: '2026-07-28' } as const;

export const COLUMNS: readonly Column[] = IDS.map((id) => {
  const [era, transport] = id.split('-') as [Column['era'], Column['transport']];
  return { id, era, transport, title: `${ERAS[era]} ${TRANSPORTS[transport]}` };
});

export interface Feature {
  id: FeatureId;
  title: string;
  /** Where the specification itself has nothing to exercise, and why. */
  absent: Partial<Record<ColumnId, string>>;
}

export type FeatureId = keyof typeof TITLES;

const TITLES = {
  tools: 'tools, with titles and annotations',
  structured: 'output schemas, structured results',
  media: 'images and audio',
  links: 'resource links, embedded resources',
  progress: 'progress',
  cancellation: 'cancellation',
  'tool-errors': 'failures as results the model can read',
  resources: 'resources, text and binary',
  templates: 'resource templates',
  subscriptions: 'resource subscriptions',
  prompts: 'prompts',
  completion: 'completion, with context',
  logging: 'logging, with a level',
  'list-changed': 'changed lists',
  pagination: 'pagination',
  roots: 'roots',
  'roots-changed': 'roots that change',
  sampling: 'sampling',
  form: 'elicitation: form',
  url: 'elicitation: URL',
  'url-required': 'elicitation: URL before a call',
  tasks: 'tasks',
  'task-input': 'tasks that ask for input',
  credentials: 'custom headers; environment over stdio',
  oauth: 'OAuth',
  'header-mirroring': 'arguments repeated as headers',
} as const;

const NO_HEADERS = 'there are no requests with headers';
const LATER = 'came with 2026-07-28';
const ABSENT: Partial<Record<FeatureId, Feature['absent']>> = {
  'roots-changed': both('modern', 'roots are asked for when they are needed'),
  'url-required': both('modern', 'the server asks in the middle of the call'),
  tasks: both('modern', 'tasks became an extension'),
  'task-input': both('modern', 'tasks became an extension'),
  oauth: {
    'legacy-stdio': 'credentials come from the environment',
    'modern-stdio': 'credentials come from the environment',
  },
  'header-mirroring': {
    'legacy-stdio': LATER,
    'legacy-sse': LATER,
    'legacy-http': LATER,
    'modern-stdio': NO_HEADERS,
  },
};

export const FEATURES: readonly Feature[] = Object.entries(TITLES).map(([id, title]) => ({
  id: id as FeatureId,
  title,
  absent: ABSENT[id as FeatureId] ?? {},
}));

function both(era: Column['era'], reason: string): Feature['absent'] {
  return Object.fromEntries(IDS.filter((id) => id.startsWith(era)).map((id) => [id, reason]));
}

/** What came of it: column, feature, outcome. */
export interface FeatureResults {
  /** ISO date. */
  measured: string;
  node: string;
  cells: Partial<Record<ColumnId, Partial<Record<FeatureId, 'passed' | 'failed'>>>>;
}
