// The ways to begin: from a released model (something improves within seconds), from nothing, or with a failure on purpose.

import { type Signal, useSignal } from '@preact/signals';
import type { ReleasedModel } from '../../protocol/lab.ts';
import type { DeviceReport } from '../../protocol/messages.ts';
import type { LabClient } from '../labClient.ts';
import type { Session } from '../session.ts';
import { type Draft, presetsOf, withLayer } from '../state/draft.ts';

type StartButtonsProps = {
  session: Session;
  draft: Signal<Draft>;
  lab: LabClient;
  /** The release to begin from; null where there is none. */
  model: ReleasedModel | null;
};

/** The stage that a run from the release goes through first. */
const FORK_AFTER = 'stage1';

/** Starts stage 2 from the release's stage 1, with the settings that the release was trained with. */
export async function startFromRelease(
  session: Session,
  draft: Signal<Draft>,
  lab: LabClient,
  model: ReleasedModel,
): Promise<void> {
  const runId = await (await lab.api()).adopt(model.name);
  await session.refreshRuns();
  // Threads change no result, and the form may have chosen them.
  const settings = { ...model.settings, wasm_threads: draft.value.settings.wasm_threads };
  draft.value = { preset: model.preset, settings };
  await session.start({
    settings,
    preset: model.preset,
    name: `Stage 2 from ${model.name}`,
    fork: { runId, stage: FORK_AFTER },
  });
}

export function StartButtons({ session, draft, lab, model }: StartButtonsProps) {
  const failure = useSignal(presetsOf('failure')[0]?.name ?? '');
  const busy = session.busy.value;
  const canFork = model?.stages.some(({ stage }) => stage === FORK_AFTER) ?? false;
  return (
    <div class="ways">
      {model && canFork && (
        <div class="way">
          <button
            type="button"
            class="primary"
            disabled={busy}
            onClick={() => void session.act(() => startFromRelease(session, draft, lab, model))}
          >
            ▶ Train its safety yourself
          </button>
          <p class="hint">
            Begins with the model after stage 1, which still falls for attacks, and runs stage 2.{' '}
            {expectation(session.device.value)}
          </p>
        </div>
      )}
      <div class="way">
        <button
          type="button"
          disabled={busy}
          onClick={() => void session.act(() => session.start({ ...draft.value }))}
        >
          ▶ Train from nothing
        </button>
        <p class="hint">
          With the settings beside: first the loss of SFT falls, then heads, stage 1 and stage 2 follow.
        </p>
      </div>
      <div class="way">
        <label>
          <span class="hint">Or watch it fail: </span>
          <select
            value={failure.value}
            onChange={(event) => {
              failure.value = event.currentTarget.value;
            }}
          >
            {presetsOf('failure').map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>{' '}
        <button
          type="button"
          disabled={busy}
          onClick={() => {
            draft.value = withLayer(draft.value, 'failure', failure.value);
          }}
        >
          Set it up
        </button>
        <p class="hint">{presetsOf('failure').find(({ name }) => name === failure.value)?.sentence}</p>
      </div>
    </div>
  );
}

/** What to expect of the first seconds, honestly. */
function expectation(device: DeviceReport | null): string {
  if (!device) return '';
  const kind =
    device.backend === 'wasm'
      ? 'This browser computes on its processor'
      : /swiftshader|llvmpipe|software/i.test(device.adapter)
        ? 'This browser offers a graphics adapter made of software, which is slow'
        : 'This browser computes on its graphics adapter';
  return `${kind}: an iteration takes well under a second with this small model, and the first ten seconds show the reward on safety rise.`;
}
