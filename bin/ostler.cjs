#!/usr/bin/env node
'use strict';
// Help and version are texts made by the build; everything else is the bundle in dist/.
const args = process.argv.slice(2);
const isQuestion = (arg) => arg === '--help' || arg === '-h' || arg === '--version' || arg === '-V';
const asked = args[0] === 'help' || args.some(isQuestion);
const text = asked && require('../dist/answers.json')[args.join(' ')];
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
