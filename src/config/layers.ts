import { registerSecret } from '../core/redact.js';
import { createParse } from './entry-reader.js';
import { expandValue, type ExpandContext } from './expand.js';
import { readFields, type Field, type Fields } from './fields.js';
import { givenFlag, givenVariable, parseGiven, type FlagInput, type Given } from './flags.js';
import { originOf, type Problems } from './problems.js';
import type { Place } from './read-files.js';
import type { ConfigSource } from './source.js';
import type { Origin } from './types.js';

/** The names one setting goes by. */
export interface Setting {
  /** Flags (and so `OSTLER_…` variables) in camelCase, the first one given counts. */
  flags?: readonly string[];
  /** Keys of a config file in camelCase. */
  keys?: readonly string[];
  /** A further variable, read after `OSTLER_…`. */
  variable?: string;
  /** What a file's references bring in is secret. */
  secret?: boolean;
}

/** Where a value was found, for a parser that needs to know. */
export interface Found extends Place {
  /** Flag or key in camelCase, or the variable. */
  name: string;
  fromFile: boolean;
}

export type SettingParser<T> = (raw: unknown, found: Found) => T;

/** Flags, environment and files as one place to look a setting up in, highest first. */
export interface Layers {
  /** The value of the highest layer that has one. */
  read: <T>(setting: Setting, parser: SettingParser<T>) => Promise<T | undefined>;
  /** The values of all layers, highest first. */
  readAll: <T>(setting: Setting, parser: SettingParser<T>) => Promise<T[]>;
  /** Where each setting was found, by its first name. */
  origins: ReadonlyMap<string, Origin>;
}

export interface LayerInput {
  flags: FlagInput;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Highest first. */
  sources: readonly ConfigSource[];
  problems: Problems;
  expand: (source: ConfigSource) => ExpandContext;
  /** Origins with line and column, which costs the YAML parser. */
  positions: boolean;
}

export function createLayers(input: LayerInput): Layers {
  const { flags, env, cwd, problems } = input;
  const origins = new Map<string, Origin>();
  const fields = new Map<ConfigSource, Fields>();
  for (const source of input.sources) {
    fields.set(source, readFields(source.value, [], problems.in(source)));
  }
  const fromGiven = <T>(name: string, given: Given, parser: SettingParser<T>): Layer<T> => ({
    origin: async () => given.origin,
    value: async () =>
      parseGiven(given, (raw) => parser(raw, { name, fromFile: false, dir: cwd, env })),
  });
  const fromFile = <T>(
    source: ConfigSource,
    name: string,
    field: Field,
    { setting, parser }: { setting: Setting; parser: SettingParser<T> },
  ): Layer<T> => ({
    origin: async () =>
      input.positions ? originOf(source, field.path) : { layer: source.layer, where: source.name },
    value: async () => {
      const context = input.expand(source);
      const report = problems.in(source);
      const value = await expandValue(field.value, field.path, context, {
        report,
        incomplete: (path) => problems.ignore(source, path),
        secrets: (_, secrets) => {
          if (setting.secret === true) for (const secret of secrets) registerSecret(secret);
        },
      });
      if (context.mode === 'raw') return undefined;
      const found = { name, fromFile: true, dir: source.dir, env };
      return createParse(report)({ ...field, value }, (raw) => parser(raw, found));
    },
  });
  const layersOf = function* <T>(setting: Setting, parser: SettingParser<T>) {
    const { flags: names = [], keys = [], variable } = setting;
    for (const name of names) {
      const found = givenFlag(name, flags);
      if (found !== undefined) yield fromGiven(name, found, parser);
    }
    for (const name of names) {
      const found = givenVariable(name, env);
      if (found !== undefined) yield fromGiven(name, found, parser);
    }
    const value = variable === undefined ? undefined : env[variable];
    if (variable !== undefined && value !== undefined && value.trim() !== '') {
      const origin = { layer: 'environment', where: variable } as const;
      yield fromGiven(variable, { raw: value, origin }, parser);
    }
    for (const [source, known] of fields) {
      const field = known.get(...keys);
      const name = keys.find((key) => known.has(key));
      if (field !== undefined && name !== undefined) {
        yield fromFile(source, name, field, { setting, parser });
      }
    }
  };
  return {
    origins,
    async read(setting, parser) {
      for (const layer of layersOf(setting, parser)) {
        origins.set(nameOf(setting), await layer.origin());
        return layer.value();
      }
      return undefined;
    },
    async readAll(setting, parser) {
      const values = [];
      for (const layer of layersOf(setting, parser)) {
        if (!origins.has(nameOf(setting))) origins.set(nameOf(setting), await layer.origin());
        const value = await layer.value();
        if (value !== undefined) values.push(value);
      }
      return values;
    },
  };
}

function nameOf({ flags = [], keys = [] }: Setting): string {
  return flags[0] ?? keys[0] ?? '';
}

interface Layer<T> {
  origin: () => Promise<Origin>;
  value: () => Promise<T | undefined>;
}
