// A small menu below a chart: saves it as SVG or PNG, with title, axes and legend.

import { useSignal } from '@preact/signals';
import { curvesSvg, type SvgChart } from '../../figures/curves.ts';
import { download } from '../browser/download.ts';
import { Button } from '../parts/Button.tsx';

/** Pixels of the PNG per pixel of the figure: sharp enough for print. */
const PNG_SCALE = 2;

type SaveFigureProps = { name: string; figure: (element: Element) => SvgChart };

/** `figure` makes the chart as it stands now; colours are read at the element that it is given. */
export function SaveFigure({ name, figure }: SaveFigureProps) {
  const problem = useSignal('');
  const stem = name.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '') || 'chart';
  const save = async (element: Element, kind: 'svg' | 'png'): Promise<void> => {
    const text = curvesSvg(figure(element));
    const bytes = new TextEncoder().encode(text);
    if (kind === 'svg') return download(bytes, `${stem}.svg`, 'image/svg+xml');
    download(await pngOf(text), `${stem}.png`, 'image/png');
  };
  const press = (element: Element, kind: 'svg' | 'png'): void => {
    problem.value = '';
    save(element, kind).catch((error) => {
      problem.value = `The picture could not be made (${error instanceof Error ? error.message : String(error)}). The SVG holds the same.`;
    });
  };
  return (
    <p class="save-figure hint">
      Save as{' '}
      {(['svg', 'png'] as const).map((kind) => (
        <Button
          label={kind.toUpperCase()}
          class="quiet"
          key={kind}
          aria-label={`Save the chart of ${name} as ${kind.toUpperCase()}`}
          onClick={(event) => press(event.currentTarget, kind)}
        />
      ))}
      {problem.value !== '' && <span role="alert">{problem.value}</span>}
    </p>
  );
}

async function pngOf(svg: string): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    // Events, for WebKitGTK was seen to give no answer to `decode` of an SVG.
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error('the browser cannot read it'));
      image.src = url;
    });
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * PNG_SCALE;
    canvas.height = image.naturalHeight * PNG_SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the browser gave no picture');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}
