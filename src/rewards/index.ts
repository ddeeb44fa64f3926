// The rewards room's door: everything that training, the heads and the inspector need.

export { aggregateGroup, normalizedSum } from './aggregate.ts';
export { goldHeads, goldReward } from './gold.ts';
export type { HeadOutputs } from './heads.ts';
export { headLabel, ORACLE_CLASS } from './headTasks.ts';
export { thoughtIsJudged } from './judgeThought.ts';
export { keywordSafety, keywordVerdict } from './keywordJudge.ts';
export { splitResponse } from './parts.ts';
export { neededHeads, termApplies, termIsMeasured } from './recipe.ts';
export { bearsCost } from './safetyCost.ts';
export type { RewardSettings } from './settings.ts';
export { safetyVerdict } from './taskAware.ts';
export { filterScore, type RewardInput, type RewardTerms, rewardTerms } from './total.ts';
export {
  attentionRatio,
  attentionScore,
  dependencyScore,
  groundedScore,
} from './visualFocus.ts';
