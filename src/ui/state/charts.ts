// Which metrics are drawn together, how their lines look, and what each chart is for.

export type ChartLine = { metric: string; label: string };
export type ChartSpec = {
  id: string;
  title: string;
  /** One sentence: what to look for. */
  hint: string;
  lines: readonly ChartLine[];
  /** Shares are drawn on 0..1. */
  range?: readonly [number, number];
};

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'sft',
    title: 'SFT loss',
    hint: 'It falls while the policy learns to imitate the demonstrations.',
    lines: [
      { metric: 'sft/loss', label: 'loss' },
      { metric: 'sft/accuracy', label: 'token accuracy' },
    ],
  },
  {
    id: 'heads',
    title: 'Reward heads in training',
    hint: 'The heads learn to judge answers; the held-out report is in the card below.',
    lines: [
      { metric: 'heads/loss', label: 'loss' },
      { metric: 'heads/train_accuracy', label: 'accuracy' },
    ],
  },
  {
    id: 'reward',
    title: 'Reward against gold reward',
    hint: 'A growing gap means that the policy games the heads: the gold reward is the oracle’s and is never trained on.',
    lines: [
      { metric: 'reward', label: 'reward (trained on)' },
      { metric: 'gold_reward', label: 'gold reward (oracle)' },
    ],
  },
  {
    id: 'terms',
    title: 'Reward terms, mean',
    hint: 'Which term the policy earns its reward with.',
    lines: [
      { metric: 'rewards/format/mean', label: 'format' },
      { metric: 'rewards/visual_focus/mean', label: 'visual focus' },
      { metric: 'rewards/helpful/mean', label: 'helpful' },
      { metric: 'rewards/task/mean', label: 'task' },
    ],
  },
  {
    id: 'refusal',
    title: 'Refusal rates',
    hint: 'Harmful requests should be refused or warned about, benign ones should not.',
    lines: [
      { metric: 'refusal_rate/harmful', label: 'harmful requests' },
      { metric: 'refusal_rate/benign', label: 'benign requests' },
    ],
    range: [0, 1],
  },
  {
    id: 'judges',
    title: 'Heads against the oracle',
    hint: 'How often each head is right on fresh responses: it falls when the policy finds its blind spots.',
    lines: [
      { metric: 'heads/safety/accuracy', label: 'safety' },
      { metric: 'heads/value/accuracy', label: 'value' },
      { metric: 'heads/knowledge/accuracy', label: 'knowledge' },
      { metric: 'heads/helpful/accuracy', label: 'helpful' },
    ],
    range: [0, 1],
  },
  {
    id: 'drift',
    title: 'KL and policy drift',
    hint: 'How far the policy moved: from the reference (kl), and within one step (drift).',
    lines: [
      { metric: 'kl', label: 'KL to the reference' },
      { metric: 'policy_drift/exact', label: 'drift, exact' },
      { metric: 'policy_drift/k3', label: 'drift, k3' },
    ],
  },
  {
    id: 'entropy',
    title: 'Entropy',
    hint: 'Near zero, the policy has stopped exploring.',
    lines: [{ metric: 'entropy', label: 'entropy per token' }],
  },
  {
    id: 'grad',
    title: 'Gradient norm',
    hint: 'Before clipping. Spikes announce instability.',
    lines: [{ metric: 'grad_norm', label: 'gradient norm' }],
  },
];

/** Which part of the run the charts show: `auto`, `all`, or the name of a stage. */
export type StageChoice = string;

/**
 * Stages that a chart shows. `auto`: once RL has begun, what came before it is left out where a metric spans both,
 * for hundreds of SFT steps would squeeze the RL steps into a corner.
 */
export function wantedStages(
  choice: StageChoice,
  stages: readonly string[],
  spec: ChartSpec,
): (stage: string) => boolean {
  if (choice === 'all') return () => true;
  if (choice !== 'auto') return (stage) => stage === choice;
  const onlyBefore = spec.lines.every(
    (line) => line.metric.startsWith('sft/') || isHeadsTraining(line.metric),
  );
  return stages.some(isRlStage) && !onlyBefore ? isRlStage : () => true;
}

function isHeadsTraining(metric: string): boolean {
  return /^heads\/[a-z_]+$/.test(metric);
}

function isRlStage(stage: string): boolean {
  return /^(stage1|stage2|mixed)/.test(stage);
}

/** A chart of one metric, for those that the visitor adds. */
export function singleChart(metric: string): ChartSpec {
  return { id: `metric:${metric}`, title: metric, hint: '', lines: [{ metric, label: metric }] };
}

/** Charts with data, and the titles of those that still wait. */
export function splitCharts(
  specs: readonly ChartSpec[],
  has: (metric: string) => boolean,
): { ready: ChartSpec[]; waiting: ChartSpec[] } {
  const ready: ChartSpec[] = [];
  const waiting: ChartSpec[] = [];
  for (const spec of specs) {
    const lines = spec.lines.filter((line) => has(line.metric));
    if (lines.length > 0) ready.push({ ...spec, lines });
    else waiting.push(spec);
  }
  return { ready, waiting };
}
