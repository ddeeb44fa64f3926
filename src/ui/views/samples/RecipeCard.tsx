// The recipe editor: the reward's settings on the left, what they would change on stored samples on the right.

import { useId } from 'preact/hooks';
import type { SettingInfo } from '../../../config/index.ts';
import { fillForm } from '../../commands/fillForm.ts';
import { showView } from '../../commands/route.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { SettingField } from '../../parts/SettingField.tsx';
import type { Session } from '../../session/session.ts';
import { RECIPE_INFOS, recipeOf, WEIGHT_KEYS } from '../../state/samples/recipe.ts';
import { RecipeResult } from './RecipeResult.tsx';
import type { SamplesModel } from './samplesModel.ts';

type RecipeCardProps = { model: SamplesModel; session: Session };

export function RecipeCard({ model, session }: RecipeCardProps) {
  const { trial } = model;
  const changed = Object.keys(trial.change.value).length;
  const first = RECIPE_INFOS.filter(({ key }) => WEIGHT_KEYS.includes(key));
  const others = RECIPE_INFOS.filter(({ key }) => !WEIGHT_KEYS.includes(key));
  return (
    <Card
      id="recipe"
      title="Another reward recipe"
      tools={
        <div class="buttons">
          <Button disabled={changed === 0} onClick={() => trial.reset()}>
            Reset{changed > 0 && ` (${changed})`}
          </Button>
          <Button label="Use this recipe for the next run" onClick={() => takeRecipe(model, session)} />
        </div>
      }
    >
      <p class="hint">
        Change a weight and see which stored response would have won. The stored samples are scored again;
        nothing is trained anew, and no model changes. What the policy would learn from it, only a run can
        tell.
      </p>
      <div class="recipe beside">
        <form aria-label="Recipe on trial" onSubmit={(event) => event.preventDefault()}>
          {first.map((info) => (
            <RecipeField key={info.key} model={model} info={info} />
          ))}
          <details class="group">
            <summary>More of the recipe</summary>
            {others.map((info) => (
              <RecipeField key={info.key} model={model} info={info} />
            ))}
          </details>
        </form>
        <RecipeResult model={model} />
      </div>
    </Card>
  );
}

function RecipeField({ model, info }: { model: SamplesModel; info: SettingInfo }) {
  const run = model.settings.value;
  const value = model.trial.change.value[info.key as keyof typeof run] ?? run[info.key];
  const slides = info.type === 'float' && WEIGHT_KEYS.includes(info.key);
  return (
    <div class="recipe-field">
      <SettingField
        info={info}
        value={value as (typeof run)[SettingInfo['key']]}
        base={run[info.key]}
        baseName="the run’s value"
        onChange={(key, next) => model.trial.set(key, next, run)}
      />
      {slides && <Slider model={model} info={info} value={value as number} />}
    </div>
  );
}

const SLIDER_TOP = 3;

/** The same weight by hand; goes as far as nearly everybody wants, the field goes further. */
function Slider({ model, info, value }: { model: SamplesModel; info: SettingInfo; value: number }) {
  const id = useId();
  return (
    <input
      id={id}
      type="range"
      min={0}
      max={Math.max(SLIDER_TOP, value)}
      step={0.05}
      value={value}
      aria-label={`${info.label}, slider`}
      onInput={(event) => model.trial.set(info.key, Number(event.currentTarget.value), model.settings.value)}
    />
  );
}

/** The whole recipe on trial goes into the form; everything else there stays. */
function takeRecipe(model: SamplesModel, session: Session): void {
  const { value: form } = session.draft;
  const recipe = recipeOf(model.settings.value, model.trial.change.value);
  fillForm(
    session,
    { draft: { ...form, settings: { ...form.settings, ...recipe } } },
    ['The form has this recipe now.', 'It applies to the next run; nothing was started.'],
    [{ label: 'Show the form', run: () => showView('train') }],
  );
}
