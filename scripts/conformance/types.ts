/** What came of the conformance suites, as test/conformance/results.json keeps it. */
export interface Results {
  /** ISO date of the run. */
  measured: string;
  /** That the client ran on: `v20.20.2`. */
  node: string;
  sets: readonly SetResult[];
}

export interface SetResult {
  /** Of `SETS`. */
  set: string;
  scenarios: readonly ScenarioResult[];
}

export interface ScenarioResult {
  scenario: string;
  /** The suite's own verdict: no check failed or warned, and the client ended in time and well. */
  ok: boolean;
  /** Checks by outcome. */
  passed: number;
  failed: number;
  warned: number;
  /** Run and told, but no part of what the revision requires: the suite's own reason. */
  unscored?: string;
  /** How often it was run to get this; left out when once. */
  tries?: number;
  /** What failed, in the suite's words. */
  why?: readonly string[];
}
