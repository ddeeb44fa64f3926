// An animated picture of screenshots, read by a browser.

import { animatedWebp } from '../../src/tooling/animatedWebp.ts';
import { expect, test } from './fixtures.ts';

test('a browser reads every frame of an animated picture, and its time', async ({ newPage }) => {
  const page = await newPage();
  const session = await page.context().newCDPSession(page);
  const shot = async (color: string) => {
    await page.evaluate((value) => {
      document.body.style.cssText = `background: ${value} !important`;
      document.body.replaceChildren();
    }, color);
    const clip = { x: 0, y: 0, width: 320, height: 200, scale: 0.5 };
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 60, clip });
    return new Uint8Array(Buffer.from(data, 'base64'));
  };
  const frames = [
    { webp: await shot('rgb(200, 0, 0)'), durationMs: 300 },
    { webp: await shot('rgb(0, 0, 200)'), durationMs: 4000 },
  ];
  const picture = Buffer.from(animatedWebp(frames, 160, 100)).toString('base64');
  const read = await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: 'image/webp' });
    await decoder.tracks.ready;
    const found = [];
    for (let index = 0; index < (decoder.tracks.selectedTrack?.frameCount ?? 0); index++) {
      const { image } = await decoder.decode({ frameIndex: index });
      const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(image, 0, 0);
      const [red = 0, , blue = 0] = context.getImageData(80, 50, 1, 1).data;
      found.push({
        size: [image.displayWidth, image.displayHeight],
        ms: (image.duration ?? 0) / 1000,
        color: red > 150 ? 'red' : blue > 150 ? 'blue' : 'other',
      });
    }
    return found;
  }, picture);
  expect(read).toEqual([
    { size: [160, 100], ms: 300, color: 'red' },
    { size: [160, 100], ms: 4000, color: 'blue' },
  ]);
});
