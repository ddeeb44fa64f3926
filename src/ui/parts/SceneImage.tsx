// The picture of a prompt, drawn pixel by pixel and scaled crisp.

import { useEffect, useRef } from 'preact/hooks';

type SceneImageProps = { image: { sizePx: number; rgb: Uint8Array }; label: string };

export function SceneImage({ image, label }: SceneImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = context.createImageData(image.sizePx, image.sizePx);
    for (let pixel = 0; pixel < image.sizePx * image.sizePx; pixel++) {
      for (let channel = 0; channel < 3; channel++)
        pixels.data[4 * pixel + channel] = image.rgb[3 * pixel + channel] ?? 0;
      pixels.data[4 * pixel + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }, [image]);
  return (
    <canvas
      ref={canvas}
      class="scene"
      width={image.sizePx}
      height={image.sizePx}
      role="img"
      aria-label={label}
    />
  );
}
