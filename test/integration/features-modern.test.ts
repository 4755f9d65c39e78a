import { describeColumn } from '../support/features/describe-column.js';

describeColumn('modern-stdio');
describeColumn('modern-http');
