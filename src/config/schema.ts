/**
 * What a config file may hold, as it is written: before references are expanded. This is the one
 * truth; `npm run schema` writes it to config/ostler.schema.json, for editors and for check-shape.ts,
 * which reads that file so that no run has to load zod.
 *
 * Keys may be written in camelCase, kebab-case or snake_case. Numbers and booleans may be texts,
 * because a reference is one.
 */
import { z } from 'zod';
import { FOREIGN_KEYS } from './foreign-keys.js';

const text = z.string();
const number = z.union([z.number(), z.string()]);
const boolean = z.union([z.boolean(), z.string()]);
const texts = z.array(z.string());
const oneOrMore = z.union([z.string(), texts]);
/** What becomes a text for a child or a header: `PORT: 8080` means "8080". */
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const headers = z.union([z.record(z.string(), scalar), texts]);
const anything = z.unknown();
const foreign = (owner: string) => anything.describe(`Read by ${owner}; ignored with a warning.`);

const launch = {
  type: text.describe('stdio, http or sse; the spellings of other hosts work too.'),
  transport: text.describe('The same as type, and wins over it.'),
  command: oneOrMore.describe('Program of a stdio server; as a list with its arguments.'),
  args: z.array(scalar).describe('Arguments of the program.'),
  env: z.record(z.string(), scalar).describe('Environment variables of the program.'),
  environment: z.record(z.string(), scalar).describe('The same as env.'),
  envFile: text.describe('File with NAME=value lines; env wins.'),
  cwd: text.describe('Working directory of the program, relative to this file.'),
  workingDirectory: text.describe('The same as cwd.'),
};

const remote = {
  url: text.describe(
    'URL of a remote server; without a type, SSE first when it ends in /sse, else Streamable HTTP.',
  ),
  httpUrl: text.describe('URL of a Streamable HTTP server.'),
  serverUrl: text.describe('The same as url.'),
  endpoint: text.describe('The same as url; needs a type or transport.'),
  headers: headers.describe(
    'Sent with every request to the server: a mapping, or "Name: value" lines.',
  ),
  httpHeaders: headers.describe('The same as headers.'),
  bearertoken: text.describe('Sent as Authorization: Bearer.'),
  bearerToken: text.describe('Sent as Authorization: Bearer.'),
  tokenEnv: text.describe('Name of the environment variable that holds the bearer token.'),
  tokenFile: text.describe('File that holds the bearer token, relative to this file.'),
  ca: text.describe('PEM file with additional certificate authorities.'),
  insecure: boolean.describe('Do not check certificates.'),
  protocol: text.describe('auto, legacy or 2026-07-28.'),
};

const token = (what: string) => ({
  [what]: text.describe('The token itself, as a reference: ${NAME}.'),
  [`${what}File`]: text.describe('File that holds the token, relative to this file.'),
  [`${what}Env`]: text.describe('Name of the environment variable that holds the token.'),
});

const identityProvider = z
  .strictObject({
    issuer: text.describe('URL by which the identity provider calls itself.'),
    clientId: text.describe('The client it knows.'),
    clientSecret: text.describe('Its secret.'),
    ...token('idToken'),
  })
  .partial();

const oauth = z
  .strictObject({
    enabled: boolean.describe('false is oauth: none.'),
    grant: text.describe('authorization_code, client_credentials, cross_app or jwt_bearer.'),
    grantType: text.describe('The same as grant.'),
    issuer: text.describe(
      'The authorization server that the client belongs to; no other one gets its secret.',
    ),
    clientId: text.describe('A client that was registered beforehand.'),
    clientSecret: text.describe('Its secret.'),
    clientMetadataUrl: text.describe('https URL of a client id metadata document.'),
    scopes: oneOrMore.describe('Asked for instead of what the server names.'),
    scope: oneOrMore.describe('The same as scopes.'),
    redirectUri: text.describe('As registered: http:// on a loopback address.'),
    callbackPort: number.describe('Port of http://localhost:<port>/callback as the redirect URI.'),
    privateKey: text.describe('PEM key that signs for the client instead of a secret.'),
    privateKeyFile: text.describe('File that holds it, relative to this file.'),
    algorithm: text.describe('JWS algorithm of the key; found out from the key unless given.'),
    idp: identityProvider.describe('Identity provider of the grant cross_app.'),
    ...token('assertion'),
    dpop: boolean.describe('Bind tokens to a key of this machine.'),
    authorizationUrl: foreign('gemini-cli'),
    tokenUrl: foreign('gemini-cli'),
    registrationUrl: foreign('gemini-cli'),
    audiences: foreign('gemini-cli'),
    tokenParamName: foreign('gemini-cli'),
    authServerMetadataUrl: foreign('Claude Code'),
  })
  .partial();

const login = {
  oauth: z
    .union([boolean, oauth])
    .describe(
      'none, or how tokens are got; left out, a person may log in when the server asks for it.',
    ),
  noOAuth: boolean.describe('true is oauth: none.'),
  oauthClientId: text.describe('The same as oauth.clientId.'),
  oauthClientSecret: text.describe('The same as oauth.clientSecret.'),
  oauthScopes: oneOrMore.describe('The same as oauth.scopes.'),
  authProviderType: text.describe('dynamic_discovery, as in gemini-cli: the server is asked.'),
};

const offer = {
  disabled: boolean.describe('Configured, but not started.'),
  enabled: boolean.describe('The opposite of disabled.'),
  required: boolean.describe('A run fails when this server does.'),
  timeout: number.describe(
    'Limit for a tool call: 90s, 2m; numbers below 5000 are seconds, else milliseconds.',
  ),
  connectTimeout: number.describe('Limit for connecting, written like timeout.'),
  allowedTools: texts.describe('Only these tools are offered (names or globs).'),
  includeTools: texts.describe('The same as allowedTools.'),
  tools: texts.describe('The same as allowedTools.'),
  excludedTools: texts.describe(
    'These tools are not offered (names or globs); wins over allowedTools.',
  ),
  excludeTools: texts.describe('The same as excludedTools.'),
  disabledTools: texts.describe('The same as excludedTools.'),
  autoApprove: z.union([texts, z.boolean()]).describe('Tools that need no question; true for all.'),
  alwaysAllow: texts.describe('The same as autoApprove.'),
  logLevel: text.describe(
    'From which level on its log is shown: debug, info, notice, warning, error, critical, alert, emergency.',
  ),
  trust: boolean.describe('true: no tool of this server needs a question.'),
};

const foreignServerKeys = {
  name: foreign('mcphost (built-in servers)'),
  options: foreign('mcphost (built-in servers)'),
  description: anything.describe('For people.'),
  retryDelay: foreign('mcphost'),
  metadata: foreign('cleverchatty'),
  interface: foreign('cleverchatty'),
  notificationInstructions: foreign('cleverchatty'),
  authToken: foreign('cleverchatty'),
  tasksMode: foreign('kit'),
  auth: foreign('other hosts'),
  dev: foreign('VS Code'),
  gallery: foreign('VS Code'),
  version: foreign('VS Code'),
};

const ServerEntry = z
  .strictObject({ ...launch, ...remote, ...login, ...offer, ...foreignServerKeys })
  .partial()
  .meta({ id: 'Server', description: 'One MCP server.' });

const servers = z.record(z.string(), ServerEntry);

const modelKeys = {
  model: text.describe('Model of Ollama, or script:<file>. ollama:NAME and ollama/NAME work too.'),
  host: text.describe('Where Ollama answers, written like OLLAMA_HOST.'),
  providerUrl: text.describe('The same as host.'),
  providerApiKey: text.describe("Sent to the model's host as Authorization: Bearer."),
  modelHeader: headers.describe('Sent to the model\'s host: a mapping, or "Name: value" lines.'),
  modelHeaders: headers.describe('The same as modelHeader.'),
  modelCa: text.describe("PEM file with additional certificate authorities for the model's host."),
  modelInsecure: boolean.describe("Do not check the certificate of the model's host."),
  tlsSkipVerify: boolean.describe('The same as modelInsecure.'),
  think: boolean.describe('off, on, low, medium, high or max.'),
  numCtx: number.describe('Context window in tokens.'),
  temperature: number.describe('Ollama option temperature.'),
  seed: number.describe('Ollama option seed.'),
  topP: number.describe('Ollama option top_p.'),
  topK: number.describe('Ollama option top_k.'),
  stopSequences: oneOrMore.describe('Ollama option stop.'),
  maxTokens: number.describe('Ollama option num_predict.'),
  numGpuLayers: number.describe('Ollama option num_gpu.'),
  mainGpu: number.describe('Ollama option main_gpu.'),
  options: z
    .record(z.string(), anything)
    .describe("Further options of Ollama's /api/chat, as they are."),
  keepAlive: number.describe(
    'How long Ollama keeps the model loaded: seconds or 10m; -1 for ever.',
  ),
  schema: z
    .union([z.string(), z.record(z.string(), anything)])
    .describe('JSON Schema of a structured answer: a file, or the schema itself.'),
  system: text.describe('System prompt, or @file.'),
  systemPrompt: text.describe('System prompt, or the path of a file that holds it.'),
  systemInstruction: text.describe('The same as system.'),
};

const runKeys = {
  approval: text.describe('ask, auto or never.'),
  yolo: boolean.describe('true is approval: auto.'),
  approveToolRun: boolean.describe('true is approval: ask; false is approval: auto.'),
  allow: oneOrMore.describe('server/tool globs that need no question.'),
  deny: oneOrMore.describe('server/tool globs that are refused; wins over allow.'),
  maxTurns: number.describe('Rounds of model and tools for one prompt; 0 for no limit.'),
  maxSteps: number.describe('The same as maxTurns.'),
  timeout: number.describe('Limit for the whole run: seconds, or 90s, 2m.'),
  onElicitation: text.describe(
    'What a server that asks a person gets where nobody is asked: ask, decline, cancel or accept-defaults.',
  ),
  answers: text.describe('File with answers to what servers ask, relative to this file.'),
  sampling: text.describe('Whether servers get answers of the model: ask, auto or never.'),
  samplingMaxTokens: number.describe('Tokens one such answer may have, whatever the server wants.'),
  samplingPerMinute: number.describe(
    'How many such answers a server gets within a minute; at most 10.',
  ),
  samplingModels: oneOrMore.describe('Models that a server may choose for such an answer.'),
  roots: oneOrMore.describe('Directories that servers may be told of, relative to this file.'),
  root: oneOrMore.describe('The same as roots.'),
  server: oneOrMore.describe('Only these servers are started.'),
  requireServers: oneOrMore.describe('all, any, or the servers that must connect.'),
};

const serverKeys = {
  mcpServers: servers.describe('The MCP servers by name.'),
  servers: servers.describe('The same as mcpServers.'),
  toolsServers: servers.describe('The same as mcpServers.'),
  mcp: servers.describe('The same as mcpServers.'),
};

const foreignKeys = {
  $schema: text.describe('Where an editor finds this schema.'),
  ...Object.fromEntries([...FOREIGN_KEYS].map(([key, host]) => [key, foreign(host)])),
};

export const ConfigFile = z
  .strictObject({ ...serverKeys, ...modelKeys, ...runKeys, ...foreignKeys })
  .partial()
  .meta({ title: 'ostler', description: 'Configuration of ostler.' });
