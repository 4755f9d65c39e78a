/** Life of a fake: tells the harness its port, answers `take` with what it noted since, ends with it. */
function serveParent(server, take) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => process.send(take()));
  process.on('disconnect', () => process.exit());
  // The harness decides; an interrupt from the terminal reaches it too.
  process.on('SIGINT', () => {});
}

/** Milliseconds of the machine's monotonic clock, comparable between processes. */
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The whole body of a request, parsed. */
async function readJson(request) {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

module.exports = { now, readJson, serveParent };
