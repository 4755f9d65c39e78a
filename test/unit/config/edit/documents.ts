import fc from 'fast-check';

/** A config text made by chance, with what stands in it. */
export interface MadeDocument {
  text: string;
  /** Names of its servers. */
  ids: readonly string[];
  /** Every comment, in the order of the text, with the server whose lines it stands between. */
  comments: readonly { mark: string; inside: string | undefined }[];
}

const id = fc.constantFrom('a', 'docs', 'my-server', 'x.y', 'files', '1st', 'true', 'null', 'é');
const word = fc.constantFrom(
  'x',
  '-y',
  '@scope/pkg',
  'a b',
  '#no',
  'k: v',
  "it's",
  '"q"',
  '${A}',
  '',
);

interface Body {
  command: string;
  args: readonly string[];
  env: boolean;
  text: boolean;
  flow: boolean;
  note: boolean;
}

const body: fc.Arbitrary<Body> = fc.record({
  command: fc.constantFrom('node', 'npx', './run.sh'),
  args: fc.array(word, { maxLength: 3 }),
  env: fc.boolean(),
  text: fc.boolean(),
  flow: fc.boolean(),
  note: fc.boolean(),
});

const layout = fc.record({
  step: fc.constantFrom(2, 3, 4),
  eol: fc.constantFrom('\n', '\r\n'),
  bom: fc.boolean(),
  blank: fc.boolean(),
  lastBreak: fc.boolean(),
  before: fc.boolean(),
  after: fc.boolean(),
  key: fc.constantFrom('mcpServers', 'servers', 'mcp', 'tools_servers', '"mcpServers"'),
});

/** YAML as people write it: block mappings, some flow ones, comments in all places. */
export const yamlDocument: fc.Arbitrary<MadeDocument> = fc
  .tuple(
    fc.uniqueArray(id, { maxLength: 4 }),
    fc.array(body, { minLength: 4, maxLength: 4 }),
    layout,
  )
  .map(([ids, bodies, look]) => {
    const lines: string[] = [];
    const comments: { mark: string; inside: string | undefined }[] = [];
    const comment = (inside?: string) => {
      const mark = `#mark-${comments.length}-`;
      comments.push({ mark, inside });
      return mark;
    };
    const pad = ' '.repeat(look.step);
    if (look.before) lines.push(comment(), 'model: "m" ' + comment());
    lines.push(`${look.key}:${ids.length > 0 && look.after ? ` ${comment()}` : ''}`);
    ids.forEach((name, at) => {
      const made = bodies[at];
      if (made === undefined) return;
      if (made.note) lines.push(`${pad}${comment()}`);
      lines.push(...entryLines(name, made, { pad, comment }));
      if (look.blank) lines.push('');
    });
    if (look.after) lines.push(`approval: ask ${comment()}`, comment());
    const text =
      (look.bom ? '\uFEFF' : '') + lines.join(look.eol) + (look.lastBreak ? look.eol : '');
    return { text, ids, comments };
  });

function entryLines(
  name: string,
  { command, args, env, text, flow, note }: Body,
  { pad, comment }: { pad: string; comment: (inside?: string) => string },
): string[] {
  const key = `${pad}${JSON.stringify(name)}:`;
  if (flow)
    return [
      `${key} {command: ${command}, args: ${JSON.stringify(args)}}${note ? ` ${comment()}` : ''}`,
    ];
  return [
    `${key}${note ? ` ${comment(name)}` : ''}`,
    `${pad}${pad}command: '${command}'${note ? ` ${comment(name)}` : ''}`,
    ...(env ? [`${pad}${pad}env:`, `${pad}${pad}  A: "1"`] : []),
    ...(text
      ? [`${pad}${pad}description: |-`, `${pad}${pad}  one # no comment`, `${pad}${pad}  two`]
      : []),
    `${pad}${pad}args: ${JSON.stringify(args)}`,
  ];
}

/** JSON with comments and trailing commas. */
export const jsonDocument: fc.Arbitrary<MadeDocument> = fc
  .tuple(
    fc.uniqueArray(id, { maxLength: 4 }),
    fc.array(body, { minLength: 4, maxLength: 4 }),
    layout,
    fc.record({ tab: fc.boolean(), trailing: fc.boolean(), compact: fc.boolean() }),
  )
  .map(([ids, bodies, look, { tab, trailing, compact }]) => {
    const comments: { mark: string; inside: string | undefined }[] = [];
    const comment = () => {
      const mark = `mark-${comments.length}-`;
      comments.push({ mark, inside: undefined });
      return look.blank ? `// ${mark}` : `/* ${mark} */`;
    };
    const key = look.key.replaceAll('"', '');
    if (compact) {
      const map = Object.fromEntries(ids.map((name) => [name, { command: 'x' }]));
      return { text: JSON.stringify({ model: 'm', [key]: map }), ids, comments: [] };
    }
    const pad = tab ? '\t' : ' '.repeat(look.step);
    const lines = [
      '{',
      ...(look.before ? [`${pad}${comment()}`, `${pad}"model": "m", ${comment()}`] : []),
    ];
    lines.push(`${pad}${JSON.stringify(key)}: {`);
    ids.forEach((name, at) => {
      const made = bodies[at];
      if (made === undefined) return;
      if (made.note) lines.push(`${pad}${pad}${comment()}`);
      const value = JSON.stringify({ command: made.command, args: made.args });
      const comma = at < ids.length - 1 || trailing ? ',' : '';
      lines.push(
        `${pad}${pad}${JSON.stringify(name)}: ${value}${comma}${made.note ? ` ${comment()}` : ''}`,
      );
    });
    lines.push(`${pad}}${trailing ? ',' : ''}`, '}');
    return { text: (look.bom ? '\uFEFF' : '') + lines.join(look.eol) + look.eol, ids, comments };
  });
