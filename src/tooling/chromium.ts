// Finds Chromium (on Debian as root it installs it) and starts it with the flags that WebGPU needs.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserType, LaunchOptions } from 'playwright-core';
import { launchError } from './launchError.ts';
import { inPath, type Program, requireProgram } from './program.ts';

/**
 * Which WebGPU adapter the browser offers: `swiftshader` (software, the same everywhere), `opengles` (compatibility mode
 * on Mesa, faster where it is installed), `system` (the machine's own GPU) or `none`.
 */
export type ChromiumAdapter = 'swiftshader' | 'opengles' | 'system' | 'none';

export type ChromiumOptions = {
  adapter: ChromiumAdapter;
  /** Default true. */
  headless?: boolean;
  /** Further command-line flags of the browser. */
  args?: readonly string[];
  /** The caller handles Ctrl-C itself: the browser is not closed by it. */
  ownsSignals?: boolean;
  /** Tabs in the background are held back as in a user's browser; else the flags of automation keep them at full speed. */
  throttlesHidden?: boolean;
};

const require = createRequire(import.meta.url);

/** Loaded at the first call: that takes a second, and many commands end before. */
const chromium = (): BrowserType => require('playwright-core').chromium;

/** On Linux WebGPU runs in software unless Vulkan is asked for, and without a display Vulkan has no surface. */
const VULKAN_OF_LINUX =
  process.platform === 'linux'
    ? ['--enable-gpu', '--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
    : [];

const ADAPTER_FLAGS: { readonly [adapter in ChromiumAdapter]: readonly string[] } = {
  swiftshader: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  opengles: [
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=opengles',
    '--enable-gpu',
    '--use-gl=angle',
    '--use-angle=gl-egl',
    '--ignore-gpu-blocklist',
  ],
  system: ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist', ...VULKAN_OF_LINUX],
  none: ['--disable-gpu'],
};

const FLAGS_AGAINST_THROTTLING = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** A test talks to its own machine and to nothing else. */
const QUIET_FLAGS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];

const CHROMIUM: Program = {
  title: 'Chromium',
  variable: 'CHROMIUM_PATH',
  paths: (env) => [...candidates(env), chromium().executablePath()],
  packages: ['chromium'],
  sizeMb: 125,
  wanted: 'Chromium or Chrome',
};

function candidates(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (process.platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (f) => f !== undefined,
    );
    return folders.flatMap((folder) => [
      join(folder, 'Google\\Chrome\\Application\\chrome.exe'),
      join(folder, 'Chromium\\Application\\chrome.exe'),
      join(folder, 'Microsoft\\Edge\\Application\\msedge.exe'),
    ]);
  }
  return inPath(NAMES, env);
}

/** Path of Chromium, installed first where that is possible. @throws PlaygroundError that says what to install. */
export const requireChromium = (): string => requireProgram(CHROMIUM);

/** What Playwright is told to start this machine's Chromium. @throws PlaygroundError where there is none. */
export function chromiumLaunchOptions(options: ChromiumOptions): LaunchOptions {
  const asRoot = process.getuid?.() === 0;
  return {
    executablePath: requireChromium(),
    headless: options.headless ?? true,
    chromiumSandbox: !asRoot,
    args: [
      ...ADAPTER_FLAGS[options.adapter],
      ...QUIET_FLAGS,
      ...(asRoot ? ['--no-sandbox'] : []),
      ...(options.args ?? []),
    ],
    ...(options.throttlesHidden ? { ignoreDefaultArgs: FLAGS_AGAINST_THROTTLING } : {}),
    ...(options.ownsSignals ? { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } : {}),
  };
}

let toldOfNoSandbox = false;

function tellOfNoSandbox(): void {
  if (!toldOfNoSandbox) console.error('Chromium runs without its sandbox: for root there is none.');
  toldOfNoSandbox = true;
}

/**
 * Starts Chromium. With `persistentDir` its storage lives in that folder and a context is given;
 * without it storage ends with each context, and the browser is given. The caller closes it.
 * @throws PlaygroundError that says why it does not start.
 */
export function launchChromium(options: ChromiumOptions & { persistentDir: string }): Promise<BrowserContext>;
export function launchChromium(options: ChromiumOptions): Promise<Browser>;
export async function launchChromium(
  options: ChromiumOptions & { persistentDir?: string },
): Promise<Browser | BrowserContext> {
  const launch = chromiumLaunchOptions(options);
  const { persistentDir: profile = null } = options;
  if (!launch.chromiumSandbox) tellOfNoSandbox();
  try {
    if (profile === null) return await chromium().launch(launch);
    return await chromium().launchPersistentContext(profile, launch);
  } catch (error) {
    const { variable } = CHROMIUM;
    throw launchError(error, { program: launch.executablePath ?? 'Chromium', profile, variable });
  }
}
