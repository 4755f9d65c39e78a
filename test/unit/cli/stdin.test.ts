import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseArguments, readArguments } from '../../../src/cli/look/input.js';
import type { Run } from '../../../src/cli/look/run.js';
import { readPipedInput } from '../../../src/cli/stdin.js';
import { OstlerError } from '../../../src/core/errors.js';

const MIB = 1024 * 1024;
const { signal } = new AbortController();

/** A stream in the place of process.stdin. */
function asStdin(stream: Readable, isTTY = false): NodeJS.ReadStream {
  return Object.assign(stream, { isTTY }) as unknown as NodeJS.ReadStream;
}

const piped = (...chunks: (string | Buffer)[]) =>
  asStdin(
    Readable.from(
      chunks.map((chunk) => Buffer.from(chunk)),
      { objectMode: false },
    ),
  );

const failureOf = async (promise: Promise<unknown>): Promise<OstlerError> => {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OstlerError)) throw error;
  return error;
};

describe('piped input', () => {
  it('is read to its end', async () => {
    expect(await readPipedInput(piped('one ', 'two\n'), { signal })).toEqual({ text: 'one two\n' });
    expect(await readPipedInput(piped(), { signal })).toEqual({ text: '' });
  });

  it('keeps characters whole that the pipe cuts, and drops a byte order mark', async () => {
    const bytes = Buffer.from('\ufeffgrün 🦆 \ufeff');
    const chunks = [...bytes].map((byte) => Buffer.of(byte));
    expect(await readPipedInput(piped(...chunks), { signal })).toEqual({ text: 'grün 🦆 \ufeff' });
  });

  it('of a terminal is not waited for', async () => {
    expect(await readPipedInput(asStdin(new PassThrough(), true), { signal })).toEqual({
      text: '',
    });
  });

  it('may take its time after the first byte', async () => {
    const stdin = new PassThrough();
    stdin.write('slow ');
    const reading = readPipedInput(asStdin(stdin), { signal, patienceMs: 30 });
    setTimeout(() => stdin.end('end'), 150);
    expect(await reading).toEqual({ text: 'slow end' });
  });

  it('that stays silent is given up on when there is a prompt, and said so', async () => {
    const stdin = new PassThrough();
    const { text, notice } = await readPipedInput(asStdin(stdin), { signal, patienceMs: 50 });
    expect(text).toBe('');
    expect(notice).toContain('said nothing for 0.05 s');
    // What happens to it later is nobody's concern, and no crash.
    stdin.write('late');
    stdin.destroy(new Error('late'));
    await new Promise(setImmediate);
  });

  it('that stays silent is waited for without a prompt, until the end is asked for', async () => {
    const controller = new AbortController();
    const stdin = new PassThrough();
    const reading = readPipedInput(asStdin(stdin), { signal: controller.signal });
    const soon = new Promise((resolve) => {
      setTimeout(resolve, 100, 'still waiting');
    });
    expect(await Promise.race([reading, soon])).toBe('still waiting');
    controller.abort(new OstlerError('terminated', 'Terminated.'));
    expect((await failureOf(reading)).code).toBe('terminated');
    expect(stdin.listenerCount('data')).toBe(0);
  });

  it('is not touched when the end was asked for before', async () => {
    const aborted = AbortSignal.abort(new OstlerError('interrupted', 'Interrupted.'));
    const error = await failureOf(readPipedInput(piped('x'), { signal: aborted }));
    expect(error.code).toBe('interrupted');
  });

  it('that is over already is empty, and does not hang', async () => {
    const over = new PassThrough();
    over.end();
    over.resume();
    await new Promise((resolve) => {
      over.on('close', resolve);
    });
    expect(await readPipedInput(asStdin(over), { signal })).toEqual({ text: '' });
    const closing = new PassThrough();
    const reading = readPipedInput(asStdin(closing), { signal });
    closing.destroy();
    expect(await reading).toEqual({ text: '' });
  });
});

describe('input that is no text', () => {
  it.each([
    ['an image', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1')],
    ['zero bytes', Buffer.from('text\0text')],
    ['Latin-1', Buffer.from('grün', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffhello', 'utf16le')],
    ['half a character', Buffer.from('ü').subarray(0, 1)],
  ])('is refused: %s', async (_, bytes) => {
    const error = await failureOf(readPipedInput(piped(bytes), { signal }));
    expect(error).toMatchObject({ code: 'usage', exitCode: 2 });
    expect(error.message).toContain('not text');
  });

  it('is refused above 16 MiB, without reading on', async () => {
    let chunks = 0;
    const endless = new Readable({
      read() {
        chunks += 1;
        this.push(Buffer.alloc(MIB, 'x'));
      },
    });
    const error = await failureOf(readPipedInput(asStdin(endless), { signal }));
    expect(error).toMatchObject({ code: 'usage', message: 'stdin is larger than 16 MiB.' });
    expect(chunks).toBeLessThan(20);
  });

  it('is taken at 16 MiB, and not one byte above', async () => {
    const full = Buffer.alloc(16 * MIB, 'x');
    expect((await readPipedInput(piped(full), { signal })).text).toHaveLength(16 * MIB);
    const error = await failureOf(readPipedInput(piped(full, 'x'), { signal }));
    expect(error.message).toContain('larger than 16 MiB');
  });

  it('half of which came is not taken for all of it', async () => {
    const stdin = new PassThrough();
    stdin.write('delete all files ');
    const reading = readPipedInput(asStdin(stdin), { signal });
    setTimeout(() => stdin.destroy(Object.assign(new Error('x'), { code: 'EIO' })), 20);
    expect((await failureOf(reading)).message).toBe('stdin cannot be read: EIO.');
  });

  it('is a directory', async () => {
    const error = await failureOf(readPipedInput(asStdin(createReadStream('/')), { signal }));
    expect(error).toMatchObject({
      code: 'usage',
      message: 'stdin cannot be read: it is a directory.',
    });
  });
});

/** The arguments of a node process that reads its stdin and prints what it got. */
function readerArgs(options: string): string[] {
  const module = pathToFileURL(path.resolve('src/cli/stdin.ts')).href;
  const script = `const { readPipedInput } = await import('${module}');
    const { signal } = new AbortController();
    console.log(JSON.stringify(await readPipedInput(process.stdin, { ${options} signal })));`;
  return ['--import', 'tsx', '--input-type=module', '-e', script];
}

async function printedBy(child: ChildProcess): Promise<unknown> {
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(out);
}

describe('the stdin of a real process', () => {
  it.each([
    ['closed', '"$@" <&-', { text: '' }],
    ['/dev/null', '"$@" </dev/null', { text: '' }],
    ['a file', '"$@" <package.json', { text: expect.stringContaining('"ostler"') }],
    ['a pipe', 'printf "a\\nb" | "$@"', { text: 'a\nb' }],
  ])('that is %s', async (_, command, expected) => {
    const args = ['-c', command, 'sh', process.execPath, ...readerArgs('')];
    const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await printedBy(child)).toEqual(expected);
  });

  it('that is a pipe nobody writes to does not keep it alive', async () => {
    const child = spawn(process.execPath, readerArgs('patienceMs: 100,'), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const input = await printedBy(child);
    expect(input).toMatchObject({ text: '', notice: expect.stringContaining('0.1 s') });
    expect(child.exitCode).toBe(0);
  });
});

describe('a named pipe as an argument', () => {
  async function withPipe(use: (file: string) => Promise<void>): Promise<void> {
    const dir = mkdtempSync(path.join(tmpdir(), 'ostler-pipe-'));
    const file = path.join(dir, 'pipe');
    execFileSync('mkfifo', [file]);
    try {
      await use(file);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
  const read = (file: string, given: AbortSignal) => {
    const io = { cwd: '/', env: {}, stdin: piped() };
    const run = { io, signal: given } as unknown as Run;
    return readArguments(parseArguments([`a=@${file}`], undefined), run);
  };

  it('is read when its writer comes', async () => {
    await withPipe(async (file) => {
      const given = read(file, signal);
      await writeFile(file, 'late');
      expect((await given).words).toMatchObject([{ key: 'a', text: 'late' }]);
    });
  });

  it('that nobody writes to is given up with the command', async () => {
    await withPipe(async (file) => {
      const controller = new AbortController();
      const given = read(file, controller.signal);
      setTimeout(() => controller.abort(new OstlerError('timeout', 'Enough.')), 100);
      expect((await failureOf(given)).code).toBe('timeout');
    });
  });
});
