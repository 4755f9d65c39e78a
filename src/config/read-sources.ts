import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import { readConfigFile } from './files.js';
import { findProjectFiles, findUserFile, type FoundFile } from './find-files.js';
import { given, givenFlag, parseGiven } from './flags.js';
import { expandHome } from './home.js';
import type { LoadedFile, LoadInput } from './input.js';
import { findLocalFile, ofProject } from './local-file.js';
import { displayPath } from './paths.js';
import { NotAConfig, parseSource, type ConfigSource, type SourceText } from './source.js';
import { isUrlTarget } from './target.js';
import { toBoolean, toText, toTexts } from './values.js';

export interface ReadSources {
  /** Parsed, trusted, highest first. */
  sources: readonly ConfigSource[];
  files: readonly LoadedFile[];
  warnings: string[];
}

/** Reads and parses every config that counts for this run. A project file counts only once it is trusted. */
export async function readSources(input: LoadInput): Promise<ReadSources> {
  const files: LoadedFile[] = [];
  const warnings: string[] = [];
  const sources: ConfigSource[] = [];
  for (const text of await readTexts(input)) {
    const parsed = await parse(text);
    const { layer, name } = text;
    const source = layer === 'local' ? parsed && ofProject(parsed, input.cwd) : parsed;
    if (parsed !== undefined && source === undefined) {
      warnings.push(`${name} is left out: its line "project:" names another directory.`);
    } else if (source === undefined) {
      if (text.namedBy !== undefined) throw new OstlerError('config_invalid', `${name}: is empty.`);
      warnings.push(`${name} is empty.`);
      files.push({ name, layer, state: 'empty' });
    } else if (layer !== 'project' || (await trusted(source, input))) {
      sources.push(source);
      files.push({ name, layer, state: 'loaded' });
    } else if (input.untrusted === 'check') {
      sources.push({ ...source, untrusted: true });
      files.push({ name, layer, state: 'untrusted' });
    } else {
      warnings.push(`${name} is left out: it is not trusted. Look at it with: ostler mcp trust`);
      files.push({ name, layer, state: 'untrusted' });
    }
  }
  return { sources, files, warnings };
}

/** True with `--strict-mcp-config`: no project file, no servers but those of `--mcp-config`. */
export function isStrict({ flags, env }: LoadInput): boolean {
  const found = given('strictMcpConfig', { flags, env });
  return found !== undefined && parseGiven(found, toBoolean);
}

/** The texts of all layers of files, highest first. */
async function readTexts(input: LoadInput): Promise<SourceText[]> {
  const added = readMcpConfigs(input);
  const named = given('config', input);
  if (named !== undefined) {
    const name = parseGiven(named, toText);
    return [...added, readNamed(name, '--config', input)];
  }
  const strict = isStrict(input);
  const local = strict ? undefined : await findLocalFile(input.env, input.cwd);
  const project = strict ? [] : findProjectFiles(input.cwd);
  const user = await findUserFile(input.env, input.cwd);
  return [
    ...added,
    ...(local === undefined ? [] : [toSourceText(local, 'local')]),
    ...project.map((file) => toSourceText(file, 'project')),
    ...(user === undefined ? [] : [toSourceText(user, 'user')]),
  ];
}

/** `--mcp-config`, files or inline JSON; the last one given is the highest. */
function readMcpConfigs(input: LoadInput): SourceText[] {
  const found = given('mcpConfig', input);
  if (found === undefined) return [];
  const items = parseGiven(found, toTexts);
  const texts = items.map((item, index): SourceText => {
    if (!item.startsWith('{')) return readNamed(item, '--mcp-config', input);
    const name = items.length === 1 ? found.origin.where : `${found.origin.where}[${index + 1}]`;
    return { layer: 'file', namedBy: '--mcp-config', name, dir: input.cwd, text: item };
  });
  return texts.toReversed();
}

function readNamed(
  name: string,
  namedBy: SourceText['namedBy'],
  { cwd, env }: LoadInput,
): SourceText {
  const file = expandHome(name, { dir: cwd, env });
  const shown = displayPath(file, cwd);
  const found = readConfigFile(file, shown, { named: true });
  if (found === undefined) throw new OstlerError('config_invalid', `${shown}: does not exist.`);
  return { ...toSourceText({ ...found, name: shown }, 'file'), namedBy };
}

function toSourceText({ file, name, text }: FoundFile, layer: SourceText['layer']): SourceText {
  return { layer, name, file, dir: path.dirname(file), text };
}

/** The parsed text; a text that cannot be parsed is an error with its place. */
export async function parse(text: SourceText): Promise<ConfigSource | undefined> {
  try {
    return await parseSource(text);
  } catch (error) {
    if (!(error instanceof NotAConfig)) throw error;
    const { position } = error;
    const at = position === undefined ? '' : `:${position.line}:${position.column}`;
    throw new OstlerError('config_invalid', `${text.name}${at}: ${error.message}`);
  }
}

/** True when the file may be used; asks when somebody can be asked. */
async function trusted(source: ConfigSource, input: LoadInput): Promise<boolean> {
  const { isTrusted, recordTrust } = await import('./trust.js');
  if (await isTrusted(source, input.env)) return true;
  if ((input.untrusted ?? 'error') !== 'error' || onlyUrls(input)) return false;
  if (input.confirmProject !== undefined) {
    const { viewProject } = await import('./project-view.js');
    if (await input.confirmProject(viewProject(source))) {
      await recordTrust(source, input.env);
      return true;
    }
  }
  throw new OstlerError('project_untrusted', `${source.name} is not trusted yet, or has changed.`, {
    hint: 'Look at it, then run `ostler mcp trust`, or leave it out with --strict-mcp-config or --config.',
  });
}

/** When every server is given by URL, nothing of the project is needed. */
function onlyUrls({ flags }: LoadInput): boolean {
  const found = givenFlag('server', flags);
  return found !== undefined && parseGiven(found, toTexts).every(isUrlTarget);
}
