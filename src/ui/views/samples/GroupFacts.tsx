// The prompt of a group: picture, words, right answer, what it is, and when it was sampled.

import { formatWord } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { SceneImage } from '../../parts/SceneImage.tsx';
import type { ShownGroup } from './shownGroup.ts';

export function GroupFacts({ group }: { group: ShownGroup }) {
  return (
    <div class="group-head row top">
      {group.image && <SceneImage image={group.image} label={`Picture of prompt ${group.promptId}`} />}
      <dl class="facts pairs soft">
        <dt>Prompt</dt>
        <dd class="tokens">{group.prompt.join(' ')}</dd>
        <dt>Reference answer</dt>
        <dd class="tokens">{group.reference.length > 0 ? group.reference.join(' ') : '–'}</dd>
        <dt>Task</dt>
        <dd>
          {formatWord(group.label)} · {formatWord(group.family)}
          {group.attack !== null && ` · attack: ${formatWord(group.attack)}`}
        </dd>
        <dt>Ground truth</dt>
        <dd>
          <span class={group.harmful ? 'chip bad' : 'chip good'}>
            {group.harmful ? '⚠ harmful request' : '✓ harmless request'}
          </span>{' '}
          <span class="hint">hidden from the model</span>
        </dd>
        <dt>Sampled</dt>
        <dd>
          step {group.step}, group {group.group}, {stageTitle(group.stage)}
          {group.policyVersion !== null && `, policy version ${group.policyVersion}`},{' '}
          <span class="tokens">{group.promptId}</span>
        </dd>
      </dl>
    </div>
  );
}
