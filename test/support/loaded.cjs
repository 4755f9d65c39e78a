/** Given to Node with --require: tells at the end what the program has loaded, to the file $LOADED. */
const fs = require('node:fs');

process.on('exit', () => {
  fs.writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache)));
});
