'use strict';
// Keeps the compiled code of dist/ between runs. Node's own cache (module.enableCompileCache, from
// 22.1 on) holds less: it knows only the functions that were compiled when a file had been loaded.
const fs = require('fs');
const Module = require('module');
const path = require('path');

const dist = path.join(__dirname, '../dist') + path.sep;

/** A name that changes with the code and with what compiled it: V8 itself compares only lengths. */
function cacheFile(folder, filename) {
  const { size, mtimeMs } = fs.statSync(filename);
  const version = `${process.version}-${process.arch}-${size}-${Math.round(mtimeMs)}`;
  return path.join(folder, `${path.basename(filename)}-${version}`);
}

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all; a cache that cannot be written is no failure. */
function write(folder, file, data) {
  try {
    // A home that is not there is not made.
    for (const part of [path.dirname(folder), folder]) {
      if (!fs.existsSync(part)) fs.mkdirSync(part, { mode: 0o700 });
    }
    for (const old of fs.readdirSync(folder)) {
      if (old.startsWith(`${path.basename(file).split('.cjs-')[0]}.cjs-`))
        fs.unlinkSync(path.join(folder, old));
    }
    fs.writeFileSync(`${file}.${process.pid}`, data, { mode: 0o600, flag: 'wx' });
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {}
}

/** A folder of the user's alone, or undefined where there is no home. */
function folderOf({ HOME, OSTLER_HOME, XDG_CACHE_HOME = HOME && `${HOME}/.cache` }) {
  return OSTLER_HOME ? `${OSTLER_HOME}/cache` : XDG_CACHE_HOME && `${XDG_CACHE_HOME}/ostler`;
}

/** Off with NODE_DISABLE_COMPILE_CACHE, like Node's own. */
exports.enable = (env) => {
  const folder = folderOf(env);
  if (!folder || env.NODE_DISABLE_COMPILE_CACHE) return;
  // oxlint-disable no-underscore-dangle
  const plain = Module._extensions['.js'];
  const compiled = [];
  Module._extensions['.cjs'] = (module, filename) => {
    if (!filename.startsWith(dist)) return plain(module, filename);
    const file = cacheFile(folder, filename);
    const cachedData = read(file);
    const source = Module.wrap(fs.readFileSync(filename, 'utf8'));
    const script = new (require('vm').Script)(source, { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) compiled.push({ script, file });
    const ownRequire = Module.createRequire(filename);
    script.runInThisContext()(module.exports, ownRequire, module, filename, path.dirname(filename));
  };
  // At the end, so that the functions that ran are in it too.
  process.once('exit', () =>
    compiled.forEach(({ script, file }) => write(folder, file, script.createCachedData())),
  );
};
