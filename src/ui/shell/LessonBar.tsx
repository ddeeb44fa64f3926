// The top bar of a lesson: the way out, and the help; what else the page can do is hidden.

import type { Page } from '../commands/actions.ts';
import { showView } from '../commands/route.ts';
import { Button } from '../parts/Button.tsx';
import { lessonPlace } from '../state/lesson/lessonPlace.ts';
import { HelpButton } from './Transport.tsx';

export function LessonBar({ page }: { page: Page }) {
  const leave = (): void => {
    lessonPlace.value = null;
    showView('lessons');
  };
  return (
    <div class="lesson-bar row">
      <Button label="Leave the lesson" class="quiet" onClick={leave} />
      <HelpButton page={page} />
    </div>
  );
}
