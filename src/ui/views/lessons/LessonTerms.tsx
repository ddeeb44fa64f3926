// The words of a lesson, folded.

import type { GlossaryTerm } from '../../../lessons/glossary.ts';
import { Glossary } from '../../parts/Glossary.tsx';

export function LessonTerms({ terms }: { terms: readonly GlossaryTerm[] }) {
  return (
    <details>
      <summary>Words of this lesson</summary>
      <Glossary terms={terms} />
    </details>
  );
}
