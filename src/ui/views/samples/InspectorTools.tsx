// The buttons of the inspector: hold or leave a group, the one before and after in the table, pin.

import type { GroupPlace } from '../../../storage/types.ts';
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
      {place.value ? (
        <Neighbours model={model} place={place.value} />
      ) : (
        <button type="button" onClick={() => model.open(at)}>
          Hold this group
        </button>
      )}
      <PinButton
        pinned={buffer.pins.value.some((pin) => samePlace(pin, at))}
        place={at}
        onToggle={() => void buffer.togglePin(at)}
      />
      {opened.value && liveGroup && (
        <button type="button" onClick={() => group.follow()}>
          Back to the latest
        </button>
      )}
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
      <button type="button" disabled={!before} onClick={() => before && model.open(before)}>
        ↑ Previous<span class="skip"> group of the table</span>
      </button>
      <button type="button" disabled={!after} onClick={() => after && model.open(after)}>
        ↓ Next<span class="skip"> group of the table</span>
      </button>
    </>
  );
}

type PinButtonProps = { pinned: boolean; place: GroupPlace; onToggle: () => void };

export function PinButton({ pinned, place, onToggle }: PinButtonProps) {
  return (
    <button
      type="button"
      class="quiet pin"
      aria-pressed={pinned}
      aria-label={`Pin step ${place.step}, group ${place.group}`}
      title={pinned ? 'Pinned; press to unpin' : 'Pin: kept with the run'}
      onClick={onToggle}
    >
      {pinned ? '◆ pinned' : '◇ pin'}
    </button>
  );
}
