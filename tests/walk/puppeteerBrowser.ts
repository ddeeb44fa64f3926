// Chromium and Firefox for the walk, by Puppeteer.

import puppeteer, { type Browser, type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';
import { chromiumLaunchOptions } from '../../src/tooling/chromium.ts';
import { launchFirefox } from '../../src/tooling/firefox.ts';
import type { DrivenBrowser, SizePx, Tab } from './tab.ts';

const WINDOW: SizePx = { width: 1280, height: 860 };

export async function chromium(downloads: string): Promise<DrivenBrowser> {
  const { executablePath, args = [] } = chromiumLaunchOptions({ adapter: 'swiftshader' });
  const browser = await puppeteer.launch({
    executablePath: executablePath as string,
    args,
    defaultViewport: null,
    downloadBehavior: { policy: 'allow', downloadPath: downloads },
  });
  return driven(browser);
}

export async function firefox(downloads: string): Promise<DrivenBrowser> {
  return driven(await launchFirefox({ downloads }));
}

async function driven(browser: Browser): Promise<DrivenBrowser> {
  return {
    version: (await browser.version()).replace(/^\D*/, ''),
    newTab: async (viewport = WINDOW) => {
      const page = await browser.newPage();
      await page.setViewport(viewport);
      return tabOf(page);
    },
    close: () => browser.close(),
  };
}

function tabOf(page: Page): Tab {
  return {
    open: async (address) => void (await page.goto(address)),
    reload: async () => void (await page.reload()),
    // Its type knows handles of objects too.
    evaluate: (action, ...given) => page.evaluate(action as never, ...given) as never,
    clickAt: (x, y) => page.mouse.click(x, y),
    press: (key) => page.keyboard.press(key as KeyInput),
    upload: async (path) => {
      const field = (await page.$('input[type=file]')) as ElementHandle<HTMLInputElement> | null;
      if (field === null) throw new Error('The page has no field for files.');
      await field.uploadFile(path);
    },
    screenshot: async (path) => void (await page.screenshot({ path: path as `${string}.png` })),
    close: () => page.close(),
  };
}
