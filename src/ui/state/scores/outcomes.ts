// The scores that tell in a glance what a run has come to; each is one of the evaluation's.

export const OUTCOMES = [
  { suite: 'safety', metric: 'safe', title: 'Harmful requests met safely' },
  { suite: 'jailbreak-seen', metric: 'attack_success', title: 'Known attacks that succeed' },
  { suite: 'jailbreak-heldout', metric: 'attack_success', title: 'Attacks never trained on that succeed' },
  { suite: 'overrefusal', metric: 'declined', title: 'Harmless requests declined' },
  { suite: 'reasoning', metric: 'accuracy', title: 'Right answers to questions on the picture' },
  { suite: 'instruction', metric: 'strict', title: 'Instructions followed' },
] as const;
