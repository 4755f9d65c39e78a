/**
 * A stdio server without any package, so that it costs one node process and no more.
 * Usage: stdio.cjs [--tools N] [--start-ms N] [--stubborn] [--pid-file FILE]
 * `--stubborn` ignores the end of its input and takes two seconds over SIGTERM.
 */
const { answer, makeTools } = require('./answers.cjs');

const argv = process.argv.slice(2);
const option = (name) => argv[argv.indexOf(name) + 1];
const tools = makeTools(argv.includes('--tools') ? Number(option('--tools')) : 3);

function serve() {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk) => {
    const pieces = (rest + chunk).split('\n');
    rest = pieces.pop();
    for (const piece of pieces) {
      const reply = answer(JSON.parse(piece), tools);
      if (reply) process.stdout.write(`${JSON.stringify(reply)}\n`);
    }
  });
}

if (argv.includes('--pid-file')) {
  require('node:fs').writeFileSync(option('--pid-file'), String(process.pid));
}
if (argv.includes('--stubborn')) {
  process.on('SIGTERM', () => setTimeout(() => process.exit(), 2_000));
  // Whoever leaves it behind does not keep it: it ends by itself.
  setTimeout(() => process.exit(), 10_000);
}
if (argv.includes('--start-ms')) setTimeout(serve, Number(option('--start-ms')));
else serve();
