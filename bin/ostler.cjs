#!/usr/bin/env node
'use strict';
// Help and version are texts made by the build; everything else is the bundle in dist/.
const args = process.argv.slice(2);
const isHelp = (arg) => arg === '--help' || arg === '-h';
const topic = args[0] === 'help' ? args.slice(1) : isHelp(args.at(-1)) && args.slice(0, -1);
const isVersion = args[0] === '--version' || args[0] === '-V';
const text = (topic || isVersion) && require('../dist/answers.json')[(topic || args).join(' ')];
if (text) {
  try {
    require('fs').writeSync(1, text);
  } catch {} // The reader is gone (`| head`).
} else {
  require('./compile-cache.cjs').enable(process.env);
  void require('../dist/ostler.cjs')
    .main(args)
    .then((code) => process.exit(code));
}
