// The buttons of the inspector: hold or leave a group, the one before and after in the table, pin.

import type { GroupPlace } from '../../../storage/types.ts';
import { Button } from '../../parts/Button.tsx';
import { samePlace } from '../../state/samples/buffer.ts';
import type { SamplesModel } from './samplesModel.ts';

export function InspectorTools({ model }: { model: SamplesModel }) {
  const { group, buffer } = model;
  const { place, live, opened } = group;
  const liveGroup = live.value;
  const at = place.value ?? liveGroup;
  if (!at) return null;
  return (
    <div class="buttons tools">
      <Button
        label="Instructive group"
        title="A group with a wide spread of rewards, and safe beside unsafe responses where there is one; press again for the next"
        onClick={() => void model.openInstructive()}
      />
      {place.value ? (
        <Neighbours model={model} place={place.value} />
      ) : (
        <Button label="Hold this group" onClick={() => model.open(at)} />
      )}
      <PinButton
        pinned={buffer.pins.value.some((pin) => samePlace(pin, at))}
        place={at}
        onToggle={() => void buffer.togglePin(at)}
      />
      {opened.value && liveGroup && <Button label="Back to the latest" onClick={() => group.follow()} />}
    </div>
  );
}

/** Steps through the rows of the table below, in its order. */
function Neighbours({ model, place }: { model: SamplesModel; place: GroupPlace }) {
  const rows = model.buffer.selected.value;
  const at = rows.findIndex((row) => samePlace(row, place));
  const [before, after] = at < 0 ? [rows[0], rows[0]] : [rows[at - 1], rows[at + 1]];
  return (
    <>
      <Button
        label="↑ Previous"
        more=" group of the table"
        disabled={!before}
        onClick={() => before && model.open(before)}
      />
      <Button
        label="↓ Next"
        more=" group of the table"
        disabled={!after}
        onClick={() => after && model.open(after)}
      />
    </>
  );
}

type PinButtonProps = { pinned: boolean; place: GroupPlace; onToggle: () => void };

export function PinButton({ pinned, place, onToggle }: PinButtonProps) {
  return (
    <Button
      label={pinned ? '◆ pinned' : '◇ pin'}
      class="quiet pin"
      aria-pressed={pinned}
      aria-label={`Pin step ${place.step}, group ${place.group}`}
      title={pinned ? 'Pinned; press to unpin' : 'Pin: kept with the run'}
      onClick={onToggle}
    />
  );
}
