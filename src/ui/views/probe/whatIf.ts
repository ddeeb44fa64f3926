// A thought in the words that can be edited, and the same thought with the risk that it missed.

import type { PromptView } from '../../../protocol/inspector.ts';
import { splitResponse, wordsOf } from '../../state/samples/response.ts';

/** The words of a response's thought, without its marks. */
export function thoughtOf(response: readonly string[]): string[] {
  return wordsOf(splitResponse(response).thought).map(({ text }) => text);
}

/** The thought with the risk of the right answer instead of none; null where it saw one, or where there is none to see. */
export function seenRisk(
  thought: readonly string[],
  { harmful, reference }: Pick<PromptView, 'harmful' | 'reference'>,
): string[] | null {
  const risk = reference[reference.indexOf('risk') + 1];
  const at = thought.findIndex((word, i) => word === 'none' && thought[i - 1] === 'risk');
  if (!harmful || risk === undefined || !reference.includes('risk') || at < 0) return null;
  return thought.map((word, i) => (i === at ? risk : word));
}
