// Says that the next run begins after a stage of a stored one, and takes that back.

import { stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import type { ViewProps } from '../../session/session.ts';

export function ForkNotice({ session }: ViewProps) {
  const fork = session.library.nextFork.value;
  if (!fork) return null;
  return (
    <Card id="fork" title={<>Begins after {stageTitle(fork.stage)}</>} class="fork">
      <p role="status">
        Start takes over what “{fork.runLabel}” had learned up to the end of {stageTitle(fork.stage)}. Change
        what comes after; a setting that the stages before have read must stay, and is named if it does not.
      </p>
      <div class="buttons">
        <Button label="Begin from nothing instead" onClick={() => (session.library.nextFork.value = null)} />
      </div>
    </Card>
  );
}
