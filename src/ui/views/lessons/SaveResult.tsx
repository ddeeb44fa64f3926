// What a seat measured as a file of results, which the Lab merges with those of the other seats.

import type { ReleasedModel } from '../../../protocol/inspector.ts';
import { Button } from '../../parts/Button.tsx';
import { MERGE_COMMAND } from '../lab/MergeCard.tsx';
import { reports } from '../lab/reports.ts';
import { saveText } from '../lab/saveFiles.ts';
import { readParts } from '../lab/storedParts.ts';
import { expandLesson, resultsOfSeat } from './classPlan.ts';
import type { LessonPartProps } from './lessonProps.ts';

type SaveResultProps = LessonPartProps & { model: ReleasedModel; seed: number; seats: number };

export function SaveResult({ session, lesson, work, model, seed, seats }: SaveResultProps) {
  const save = async (): Promise<void> => {
    const { plan, expansion } = expandLesson(lesson, model, seats);
    const stored = new Map<string, Awaited<ReturnType<typeof readParts>>>();
    for (const [name, runId] of Object.entries(work.runs)) {
      const record = session.runs.value.find(({ id }) => id === runId);
      if (record) stored.set(name, await readParts(session, record));
    }
    const results = resultsOfSeat(expansion, seed, stored);
    const { files } = await reports.report({ plan, cells: expansion.cells, command: MERGE_COMMAND, results });
    saveText(`lesson-${lesson.name}-seat-${seed}-results.json`, files['results.json'] ?? '');
  };
  return (
    <p class="row shaded lesson-seat">
      <Button label="Save my result" disabled={session.busy.value} onClick={() => void session.act(save)} />
      <span class="hint">
        Hand the file to the teacher, who drops all of them into the view Lab, “Results of several computers”.
      </span>
    </p>
  );
}
