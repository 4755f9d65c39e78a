/**
 * Preload (`node --require`): at exit, writes which scripts were parsed, with their sizes, and which
 * of node's own modules were loaded, to the file BENCH_SCRIPTS.
 */
const fs = require('node:fs');
const { Session } = require('node:inspector');

const session = new Session();
const scripts = [];
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url, length } }) => scripts.push({ url, length }));
session.post('Debugger.enable');

process.on('exit', () => {
  session.disconnect();
  const builtins = process.moduleLoadList.map((name) => name.replace(/^\w+ /, ''));
  fs.writeFileSync(process.env.BENCH_SCRIPTS, JSON.stringify({ scripts, builtins }));
});
