// What the world itself says curves can be compared with: guessing, and rollouts of nothing but the world's own best answers.

import type { Settings } from '../config/index.ts';
import type { CurveReferences } from '../protocol/inspector.ts';
import { RandomStream } from '../random/philox.ts';
import { goldReward } from '../rewards/index.ts';
import type { Group } from '../training/rollout.ts';
import { rewardMetricsOf } from '../training/rolloutMetrics.ts';
import { overlongTerm, trainedTerms } from '../training/sampleRewards.ts';
import { drawLabel } from '../training/sft.ts';
import { type RlStage, stagePlan } from '../training/stages.ts';
import { worldOf } from '../world/index.ts';
import { VOCABULARY } from '../world/vocabulary.ts';

/** Prompts per stage: the standard error of a mean reward is then about a hundredth. */
const PROMPTS = 256;

export function curveReferences(settings: Settings): CurveReferences {
  const stages = stagePlan(settings).filter((stage) => stage.kind === 'rl');
  return {
    vocabularySize: VOCABULARY.length,
    best: stages.map((stage) => ({ stage: stage.name, values: bestRollout(settings, stage) })),
  };
}

function bestRollout(settings: Settings, stage: RlStage): { readonly [metric: string]: number } {
  const world = worldOf(settings);
  const stream = new RandomStream(settings.seed, 'curve-references', 0);
  // What these two measure lies in a model, and no answer has it by itself.
  const needsModel = settings.visual_focus === 'dependency' || settings.visual_focus === 'attention';
  const rules: Settings = needsModel ? { ...settings, visual_focus: 'off' } : settings;
  const groups = Array.from({ length: PROMPTS }, (_, index): Group => {
    const prompt = world.prompt('train', drawLabel(stage.mix, stream), stream.int(1 << 24));
    const response = world.scripted(prompt, 'good', index);
    const judgement = world.judge(prompt, response);
    const visual = { truth: world.visualTruth(prompt.scene) };
    const gold = goldReward({ settings: rules, prompt, response, visual, judgement });
    const overlong = overlongTerm(response.length, rules);
    const [terms] = trainedTerms([gold], [overlong], rules);
    const sample = {
      response: Int32Array.from(response),
      oldLogp: new Float32Array(0),
      terms,
      heads: {},
      judgement,
      gold: gold.total + overlong,
    };
    return { prompt, samples: [sample], policyVersion: 0, step: 0 };
  });
  const { gold_reward, ...others } = rewardMetricsOf(groups, rules);
  return needsModel ? others : { ...others, gold_reward };
}
