// The latest group: one prompt, its picture, and all G responses with rewards, verdicts and advantages.

import { useSignal } from '@preact/signals';
import type { GroupEvent } from '../../../protocol/messages.ts';
import { formatWord } from '../../format.ts';
import { SceneImage } from '../../parts/SceneImage.tsx';
import { stageTitle } from '../../state/stages.ts';
import { SampleCard } from './SampleCard.tsx';

export function Inspector({ group }: { group: GroupEvent | null }) {
  const held = useSignal<GroupEvent | null>(null);
  const shown = held.value ?? group;
  return (
    <section class="card" aria-labelledby="inspector-title">
      <div class="card-head">
        <h2 id="inspector-title">Latest group</h2>
        {shown && (
          <label class="tools">
            <span>
              <input
                type="checkbox"
                checked={held.value !== null}
                onChange={(event) => {
                  held.value = event.currentTarget.checked ? shown : null;
                }}
              />{' '}
              Hold this group
            </span>
          </label>
        )}
      </div>
      {shown ? <Group group={shown} /> : <p class="empty">{EMPTY_TEXT}</p>}
    </section>
  );
}

const EMPTY_TEXT =
  'From the first RL stage on, this shows one prompt of each step with every sampled response, its reward terms, and who judged what.';

function Group({ group }: { group: GroupEvent }) {
  const top = Math.max(...group.samples.map((sample) => sample.advantage));
  const tied = group.samples.filter((sample) => sample.advantage === top).length > 1;
  return (
    <>
      <div class="group-head">
        {group.image && <SceneImage image={group.image} label={`Picture of prompt ${group.promptId}`} />}
        <dl class="facts">
          <dt>Prompt</dt>
          <dd class="tokens">{group.prompt.join(' ')}</dd>
          <dt>Reference answer</dt>
          <dd class="tokens">{group.reference.length > 0 ? group.reference.join(' ') : '–'}</dd>
          <dt>Task</dt>
          <dd>
            {formatWord(group.label)} · {formatWord(group.family)}
            {group.attack !== null && ` · attack: ${formatWord(group.attack)}`}
          </dd>
          <dt>For your eyes only</dt>
          <dd>
            <span class={group.harmful ? 'chip bad' : 'chip good'}>
              {group.harmful ? '⚠ harmful request' : '✓ benign request'}
            </span>{' '}
            <span class="hint">the policy is not told</span>
          </dd>
          <dt>Sampled</dt>
          <dd>
            step {group.step}, {stageTitle(group.stage)}, <span class="tokens">{group.promptId}</span>
          </dd>
        </dl>
      </div>
      <ol class="samples">
        {group.samples.map((sample, index) => (
          <SampleCard
            key={index}
            number={index + 1}
            sample={sample}
            best={sample.advantage === top && top > 0 && !tied}
          />
        ))}
      </ol>
    </>
  );
}
