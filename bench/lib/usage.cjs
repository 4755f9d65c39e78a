/**
 * Preload (`node --require`): at exit, writes what the process used to the file BENCH_USAGE.
 * Memory is VmHWM where there is one: getrusage's maximum is inherited from the process that forked us.
 */
const fs = require('node:fs');

function peakKib() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = {
    cpu: (userCPUTime + systemCPUTime) / 1000,
    rss: peakKib() / 1024,
    undici: process.moduleLoadList.some((name) => name.includes('internal/deps/undici')),
  };
  fs.writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});
