// CPGD's advantage: group baseline, with one of three weights per group.

import { centered, groupsOf, sequenceResult } from './groups.ts';
import {
  type AdvantageDefinition,
  type AdvantageInput,
  type AdvantageOptions,
  type AdvantageResult,
  BASE_ADVANTAGE_OPTIONS,
} from './types.ts';

/**
 * A = w(x) (R - mean_group R); w is 1 (`equal`), 1 / (std + epsilon) (`std`), or min(clipFilterMax, groups / groups with
 * spread) (`clip_filter`). Exactly 0 in groups without spread.
 * Source: CPGD, arXiv 2505.12504; MM-EUREKA.
 */
export function weightedGroupBaseline(input: AdvantageInput, options: AdvantageOptions): AdvantageResult {
  const groups = groupsOf(input.rewards, input.groupSize);
  const alive = groups.filter((group) => !group.flat).length;
  const filterWeight = Math.min(options.clipFilterMax, groups.length / Math.max(alive, 1));
  return sequenceResult(
    input,
    centered(input.rewards, groups, (group) => {
      if (options.weight === 'std') return 1 / (group.std + options.epsilon);
      return options.weight === 'clip_filter' ? filterWeight : 1;
    }),
  );
}

export const cpgd: AdvantageDefinition = {
  name: 'CPGD weighted group baseline',
  description: 'Reward minus the mean of its group, times a weight of the group.',
  source: 'CPGD, arXiv 2505.12504; code ModalMinds/MM-EUREKA',
  knobs: ['weight', 'epsilon', 'clipFilterMax'],
  defaults: { ...BASE_ADVANTAGE_OPTIONS, epsilon: 1e-9 },
  compute: weightedGroupBaseline,
};
