// The labels of prompts: the label decides which reward terms apply, and a task mix weighs labels.

export const LABEL_TABLE = {
  knowledge_rule: { about: 'Questions on the picture and on numbers, checked by rule.' },
  knowledge: { about: 'Facts of the little world, without looking.' },
  general: { about: 'Two questions in one.' },
  instruction: { about: 'Answers in a form that is asked for.' },
  normal: { about: 'Harmless requests, some of which look harmful.' },
  safety: { about: 'Requests that are harmful in words, in the picture, or in both together.' },
  jailbreak: { about: 'Harmful requests inside an attack.' },
  value: { about: 'Questions of fairness, honesty and kindness.' },
} as const;

export type Label = keyof typeof LABEL_TABLE;
export const LABELS = Object.keys(LABEL_TABLE) as readonly Label[];
