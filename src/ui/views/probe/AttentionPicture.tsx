// The picture with the attention of one token on it: a disc per patch, its area the share; the strongest cell is framed.

import { formatPercent } from '../../../base/format.ts';
import { extent } from '../../../base/numbers.ts';
import type { AnswerView, PictureView } from '../../../protocol/inspector.ts';
import type { Scene } from '../../../terms/scene.ts';
import { SceneImage } from '../../parts/SceneImage.tsx';
import { type Look, lookedAt } from './attention.ts';
import { sceneWords } from './sceneEdit.ts';

type AttentionPictureProps = {
  picture: PictureView;
  scene: Scene;
  attention: NonNullable<AnswerView['attention']>;
  token: number;
  look: Look;
};

export function AttentionPicture({ picture, scene, attention, token, look }: AttentionPictureProps) {
  const { patchesPerSide: side, weights } = attention;
  const largest = extent(weights.flat())[1];
  const { gridSize } = scene;
  const cell = side / gridSize;
  return (
    <div class="picture attention">
      <SceneImage
        image={picture}
        label={`The picture as the model sees it, most attention on ${lookedAt(look, scene)}, ${formatPercent(look.share, 0)}. ${sceneWords(scene)}`}
      />
      <svg viewBox={`0 0 ${side} ${side}`} aria-hidden="true">
        {(weights[token] ?? []).map((weight, patch) => (
          <circle
            key={patch}
            class="look"
            cx={(patch % side) + 0.5}
            cy={Math.floor(patch / side) + 0.5}
            r={largest > 0 ? 0.48 * Math.sqrt(weight / largest) : 0}
          />
        ))}
        <rect
          class="look-frame"
          x={(look.cell % gridSize) * cell + 0.04}
          y={Math.floor(look.cell / gridSize) * cell + 0.04}
          width={cell - 0.08}
          height={cell - 0.08}
        />
      </svg>
    </div>
  );
}
