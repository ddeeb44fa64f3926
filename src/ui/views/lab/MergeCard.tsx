// Files of results from several computers as one table: given by button or drop; what does not fit is named and left out.

import { useSignal } from '@preact/signals';
import { type Merged, mergeResults } from '../../../experiments/plans.ts';
import { DropCard } from '../../parts/DropCard.tsx';
import type { LabProps } from './lab.ts';
import { Results, type ResultsProps } from './Results.tsx';
import { reports } from './reports.ts';

/** How to merge them without the page. */
export const MERGE_COMMAND = 'npm run sweep -- --out runs/all --merge runs/part1 runs/part2 ...';

export function MergeCard({ session }: Pick<LabProps, 'session'>) {
  const shown = useSignal<(ResultsProps & { merged: Merged }) | null>(null);
  const merge = (files: readonly File[]): void =>
    void session.act(async () => {
      const read = await Promise.all(
        files.map(async (file) => ({ name: file.name, text: await file.text() })),
      );
      const merged = mergeResults(read);
      const { plan, cells, results } = merged;
      const report = await reports.report({ plan, cells, results, command: MERGE_COMMAND });
      shown.value = { plan, cells, results, report, merged };
    });
  return (
    <>
      <DropCard
        id="merge"
        title="Results of several computers"
        action="Merge files …"
        label="Files of results (.json) to merge"
        accept=".json,application/json"
        onFiles={(files) => files.length > 0 && merge(files)}
      >
        <p class="hint">
          Drop the results that a class or a cluster has saved (“Everything (JSON)”, or results.json of sweep)
          here: runs of one plan become one table.
        </p>
      </DropCard>
      {shown.value && (
        <Results id="merged" title="Merged results" {...shown.value}>
          <Sources {...shown.value.merged} />
        </Results>
      )}
    </>
  );
}

function Sources({ files, left, results }: Merged) {
  const done = results.filter(({ status }) => status === 'done').length;
  return (
    <div role="status">
      <p>
        <b>
          {done} of {results.length} runs, from {files} {files === 1 ? 'file' : 'files'}.
        </b>
        {left.length > 0 && ' Left out:'}
      </p>
      {left.length > 0 && (
        <ul class="small">
          {left.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
