import { describe, expect, it } from 'vitest';
import { editServers } from '../../../../src/config/edit/edit-servers.js';
import { CannotEdit } from '../../../../src/config/edit/types.js';
import { NotAConfig } from '../../../../src/config/source.js';

const NEW = { command: 'npx', args: ['-y', '@x/y'], env: { A: '1' } };
const URL_ENTRY = { url: 'https://h/mcp' };

const set = (text: string, id = 'new', entry: Record<string, unknown> = URL_ENTRY, json = false) =>
  editServers(text, { kind: 'set', id, entry }, { json });
const remove = (text: string, id: string) =>
  editServers(text, { kind: 'remove', id }, { json: false });

describe('a server in YAML', () => {
  const FILE = `# mine
model: m   # spaced
mcpServers: # all of them
    a:
        command: 'x'   # quoted
        # args: none
    # b:
    #     command: y

approval: ask
`;

  it('is added behind the last one, in the file’s own indentation', async () => {
    expect(await set(FILE, 'new', NEW)).toBe(
      FILE.replace(
        '    #     command: y\n',
        `    #     command: y
    new:
        command: npx
        args: [-y, "@x/y"]
        env:
            A: "1"
`,
      ),
    );
  });

  it('is replaced where it stands', async () => {
    expect(await set(FILE, 'a')).toBe(
      FILE.replace("        command: 'x'", '        url: https://h/mcp'),
    );
  });

  it('is removed with its lines', async () => {
    expect(await remove(FILE, 'a')).toBe(
      FILE.replace("    a:\n        command: 'x'   # quoted\n", ''),
    );
  });

  it.each([
    ['', 'mcpServers:\n  new:\n    url: https://h/mcp\n'],
    ['# only a comment', '# only a comment\nmcpServers:\n  new:\n    url: https://h/mcp\n'],
    ['---\n', '---\nmcpServers:\n  new:\n    url: https://h/mcp\n'],
    ['null\n', '\nmcpServers:\n  new:\n    url: https://h/mcp\n'],
    ['model: m', 'model: m\nmcpServers:\n  new:\n    url: https://h/mcp'],
    ['servers:\nmodel: m\n', 'servers:\n  new:\n    url: https://h/mcp\nmodel: m\n'],
    ['servers: {} # c\n', 'servers: # c\n  new:\n    url: https://h/mcp\n'],
    ['servers: ~\n', 'servers:\n  new:\n    url: https://h/mcp\n'],
    ['mcp: {a: {command: x}}\n', 'mcp: {a: {command: x}, "new": {"url": "https://h/mcp"}}\n'],
    [
      '{servers: {a: {command: x}}}\n',
      '{servers: {a: {command: x}, "new": {"url": "https://h/mcp"}}}\n',
    ],
  ])('%j gets one', async (before, after) => {
    expect(await set(before)).toBe(after);
  });

  it('keeps CRLF and a byte order mark', async () => {
    const text = '\uFEFFservers:\r\n  a: {command: x}\r\n';
    expect(await set(text)).toBe(`${text}  new:\r\n    url: https://h/mcp\r\n`);
    expect(await remove(text, 'a')).toBe('\uFEFFservers:\r\n');
  });

  it('keeps anchors, and is not removed while another entry needs it', async () => {
    const text = 'servers:\n  a: &a {command: x}\n  b: *a\n  c: {<<: *a, args: [y]}\n';
    expect(await set(text)).toBe(`${text}  new:\n    url: https://h/mcp\n`);
    expect(await remove(text, 'b')).toBe(
      'servers:\n  a: &a {command: x}\n  c: {<<: *a, args: [y]}\n',
    );
    await expect(remove(text, 'a')).rejects.toThrow(CannotEdit);
  });

  it.each([
    'servers: &s {a: {command: x}}\nmcp: *s\n',
    'base: &b {a: {command: x}}\nservers: {<<: *b}\n',
  ])('%j: what comes in by an alias is not taken out', async (text) => {
    await expect(remove(text, 'a')).rejects.toThrow(CannotEdit);
  });

  it.each([
    ['a: [', 1],
    ['servers:\n  a: {command: x}\n  a: {command: y}\n', 3],
    ['servers:\n\t- x', 2],
    ['[1]', undefined],
    ['servers: {__proto__: {command: x}}', undefined],
  ])('%j is refused with its place', async (text, line) => {
    const error: unknown = await set(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotAConfig);
    expect((error as NotAConfig).position?.line).toBe(line);
  });
});

describe('a server in JSON', () => {
  const FILE = `{
\t// mine
\t"servers": {
\t\t"a": {"command": "x"}, // about a
\t\t/* about b */
\t\t"b": {"command": "y"} // the last
\t}
}
`;

  it('is added with the tabs, and comments stay with what they are about', async () => {
    expect(await set(FILE)).toBe(
      FILE.replace(
        '} // the last',
        `}, // the last\n\t\t"new": {\n\t\t\t"url": "https://h/mcp"\n\t\t}`,
      ),
    );
  });

  it('is replaced and removed', async () => {
    expect(await set(FILE, 'a')).toBe(
      FILE.replace('{"command": "x"}', '{\n\t\t\t"url": "https://h/mcp"\n\t\t}'),
    );
    expect(await remove(FILE, 'b')).toBe(
      FILE.replace('}, // about a', '} // about a').replace(
        '"b": {"command": "y"} // the last',
        '// the last',
      ),
    );
    expect(await remove(await remove(FILE, 'a'), 'b')).toContain('/* about b */');
  });

  it.each([
    ['', '{\n  "mcpServers": {\n    "new": {\n      "url": "https://h/mcp"\n    }\n  }\n}\n'],
    ['{}', '{\n  "mcpServers": {\n    "new": {\n      "url": "https://h/mcp"\n    }\n  }\n}'],
    ['{"mcpServers": null}', '{"mcpServers": {"new": {"url": "https://h/mcp"}}}'],
    [
      '{"mcpServers":{"a":{"command":"x"},}}',
      '{"mcpServers":{"a":{"command":"x"}, "new": {"url": "https://h/mcp"},}}',
    ],
    [
      '{ // empty\n}',
      '{ // empty\n  "mcpServers": {\n    "new": {\n      "url": "https://h/mcp"\n    }\n  }\n}',
    ],
  ])('%j gets one', async (before, after) => {
    expect(await set(before, 'new', URL_ENTRY, true)).toBe(after);
  });

  it('keeps trailing commas', async () => {
    const text = '{\n  "mcpServers": {\n    "a": {"command": "x"},\n  },\n}\n';
    const more = await set(text);
    expect(more).toContain(
      '"a": {"command": "x"},\n    "new": {\n      "url": "https://h/mcp"\n    },\n  },\n',
    );
    expect(await remove(more, 'new')).toBe(text);
    expect(await remove(text, 'a')).toBe('{\n  "mcpServers": {\n  },\n}\n');
  });

  it('with the same key twice is refused', async () => {
    await expect(set('{"servers": {}, "servers": {}}')).rejects.toThrow(NotAConfig);
  });
});
