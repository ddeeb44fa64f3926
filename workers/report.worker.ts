// The thread that compares the cells of a plan: tests and power take longer than a frame of the page.

import { comparisons, type PlanReports, sweepReport } from '../src/experiments/plans.ts';
import { exposeApi } from '../src/protocol/remote.ts';

const reports: PlanReports = {
  report: async (input) => ({
    found: comparisons(input.plan, input.cells, input.results),
    files: sweepReport(input),
  }),
};
exposeApi(reports, self);
