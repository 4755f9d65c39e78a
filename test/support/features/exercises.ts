import type { FeatureId } from '../features.js';
import { answers } from './answers.js';
import { changes } from './changes.js';
import { lookups } from './lookups.js';
import { questions } from './questions.js';
import { calls } from './calls.js';
import { credentials } from './credentials.js';
import type { Exercise } from './types.js';

/** What is done for a feature, in both eras. */
export const EXERCISES: Readonly<Record<FeatureId, Exercise>> = {
  ...calls,
  ...answers,
  ...lookups,
  ...changes,
  ...questions,
  ...credentials,
};
