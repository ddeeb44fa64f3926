// What the view Evaluation says: in one place, to be read and translated together.

export const EVALUATION_TEXTS = {
  title: 'Evaluation',
  none: 'After SFT and after each RL stage the policy is tested on held-out suites; the oracle judges, not the heads.',
  caption: (several: boolean) =>
    `Score in %, 95 % Wilson interval below it${several ? '; change from the first column in points (Newcombe interval)' : ''}`,
  marks:
    '↑ higher is better, ↓ lower is better. Unclear: chance could explain the change. Only nonsense: the score fell because answers lost their meaning.',
  notMeasured: 'not measured',
  filtered: 'behind the filter',
} as const;

export const EVALUATE_TEXTS = {
  title: 'Evaluate a checkpoint now',
  noRun: 'No run is stored yet. The end of any stage of a run can be tested here.',
  noStage: 'no stage has ended yet',
  loading: 'Loading the weights …',
  suites: (done: number, total: number) => `${done} of ${total} suites`,
  kept: {
    all: 'New scores, kept with the run.',
    greedy: 'New greedy scores, kept with the run.',
    beside: 'Beside them the stored scores, which do not change.',
    none: 'Not kept: the run is set to another number of prompts.',
  },
} as const;

export const PLANE_TEXTS = {
  title: 'Safety vs helpfulness',
  compare: 'Compare with',
  noRuns: 'No runs are stored yet.',
  empty: 'Nothing is evaluated yet. Train a run with evaluation, or tick a model above.',
} as const;

export const GAP_TEXTS = {
  title: 'Gold against proxy',
  law: '“When a measure becomes a target, it ceases to be a good measure.” The policy is trained on what the heads say; the oracle knows better and is never trained on.',
  none: 'Appears with the first RL iteration.',
  grows: '▲ gap grows',
} as const;

export const HEADS_TEXTS = {
  title: 'Reward heads',
  none: 'The heads stage trains small judges (safety, value, knowledge, helpful). Their held-out report appears here.',
  accuracy: 'Accuracy on held-out answers, with the 95 % interval',
  confusion: (head: string) =>
    `Rows: the truth. Columns: what the ${head} head said. Darker: a larger share of the row. Framed: right.`,
  calibration: 'Calibration: how sure it was, and how often it was right',
} as const;
