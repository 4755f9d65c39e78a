import vm from 'node:vm';

let box: { work: () => unknown } | undefined;
const script = new vm.Script('work()');

/**
 * Runs synchronous work that a stranger's data could make endless, and throws when it takes longer
 * than `ms` milliseconds. A promise it returns is not waited for.
 */
export function withinTime<T>(ms: number, work: () => T): T {
  let result: { value: T } | undefined;
  box ??= Object.assign(vm.createContext(), { work });
  box.work = () => {
    result = { value: work() };
  };
  script.runInContext(box, { timeout: ms });
  if (result === undefined) throw new Error('the work did not end');
  return result.value;
}
