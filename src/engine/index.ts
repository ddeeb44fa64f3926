// The engine's front door: choose one, make models on it. Engines and tfjs are loaded only when chosen.

export { type ChooseOptions, type ChosenEngine, chooseEngine } from './device/choose.ts';
export { type DeviceFacts, deviceFacts } from './device/facts.ts';
export { measureStep, STEP_TOKENS } from './device/measure.ts';
export type * from './types.ts';
