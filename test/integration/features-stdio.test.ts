import { describeColumn } from '../support/features/describe-column.js';

describeColumn('legacy-stdio');
