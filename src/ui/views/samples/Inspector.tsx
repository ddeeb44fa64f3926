// One group whole: its prompt, all G responses with rewards, verdicts and advantages, why one is best, and what the loss does to each token.

import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Card } from '../../parts/Card.tsx';
import { Problem } from '../../parts/Problem.tsx';
import { samePlace } from '../../state/samples/buffer.ts';
import { winnersOf } from '../../state/samples/contributions.ts';
import { heatValues, isLossHeat } from '../../state/samples/heat.ts';
import { largestOf } from '../../state/samples/lossHeat.ts';
import { whyItWon } from '../../state/samples/why.ts';
import { GroupFacts } from './GroupFacts.tsx';
import { HeatControls } from './HeatControls.tsx';
import { InspectorTools } from './InspectorTools.tsx';
import { LossWhy } from './LossWhy.tsx';
import { SampleCard, type TrialScore } from './SampleCard.tsx';
import type { SamplesModel } from './samplesModel.ts';
import { type ShownGroup, shownLive, shownStored } from './shownGroup.ts';

export function Inspector({ model }: { model: SamplesModel }) {
  const { place, stored, live, loading, error } = model.group;
  const shown = useComputed((): ShownGroup | null => {
    if (place.value) return stored.value && shownStored(stored.value);
    return live.value && shownLive(live.value);
  });
  const seen = useRef(model.shows.peek());
  const shows = model.shows.value;
  useEffect(() => {
    if (shows !== seen.current) document.getElementById('inspector-title')?.focus();
    seen.current = shows;
  }, [shows]);
  return (
    <Card
      id="inspector"
      title={place.value ? `Step ${place.value.step}, group ${place.value.group}` : 'Latest group'}
      aria-busy={loading.value !== 'no'}
      tools={<InspectorTools model={model} />}
    >
      <Problem text={error.value?.text} />
      {loading.value === 'group' && <p class="empty">Reading the group …</p>}
      {shown.value && <Group model={model} group={shown.value} />}
    </Card>
  );
}

function Group({ model, group }: { model: SamplesModel; group: ShownGroup }) {
  const winners = winnersOf(group.samples.map(({ terms }) => terms.total ?? 0));
  const trial = trialScores(model, group);
  const { value: heat } = model.group.heat;
  const { value: token } = model.loss.token;
  const [explanation] = model.loss.explanations.value;
  const largest = explanation && isLossHeat(heat) ? largestOf(heat, explanation) : 0;
  const scale = { ...model.range.value, largest };
  return (
    <>
      <GroupFacts group={group} />
      <div class="why rows">
        <h3>Which response is best, and why?</h3>
        {whyItWon(group.samples, model.settings.value, group.discarded).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <LossWhy model={model} group={group} />
      <HeatControls model={model} />
      <ol class="responses plain">
        {group.samples.map((sample, index) => (
          <SampleCard
            key={index}
            number={index + 1}
            sample={sample}
            best={winners.includes(index)}
            heat={{ heat, scale, values: heatValues(heat, sample, explanation?.samples[index]) }}
            chosen={token?.sample === index ? token.index : null}
            onChoose={(at) => model.loss.choose({ sample: index, index: at })}
            trial={trial?.[index] ?? null}
            prompt={group}
          />
        ))}
      </ol>
    </>
  );
}

/** What the recipe on trial gives to the responses of the group; null where it is not among those it was tried on. */
function trialScores(model: SamplesModel, group: ShownGroup): TrialScore[] | null {
  const result = model.trial.result.value;
  const found = result?.groups.find((each) => samePlace({ step: result.step, group: each.group }, group));
  if (!found) return null;
  const { totals, advantages } = found.after;
  const winners = winnersOf(totals);
  return totals.map((total, i) => ({
    total,
    advantage: advantages?.[i] ?? null,
    wins: winners.includes(i),
  }));
}
