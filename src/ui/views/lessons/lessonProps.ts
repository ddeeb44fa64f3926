// What the parts of a lesson are given.

import type { Lesson } from '../../../lessons/lesson.ts';
import type { ReleasedModel } from '../../../protocol/inspector.ts';
import type { Session } from '../../session/session.ts';
import type { LessonWork } from '../../state/lesson/lessonWork.ts';

export type LessonPartProps = {
  session: Session;
  lesson: Lesson;
  work: LessonWork;
  /** The release that runs begin with; null while it is not known, or where the page comes without any. */
  model: ReleasedModel | null;
};
