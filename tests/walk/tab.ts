// What the walk asks of a browser: tabs with real clicks and keys.

export type SizePx = { width: number; height: number };

export type Tab = {
  /** Resolves when the document is loaded. */
  open(address: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs the function in the page; arguments and result are plain data. */
  evaluate<Given extends unknown[], Result>(
    action: (...given: Given) => Result | Promise<Result>,
    ...given: Given
  ): Promise<Result>;
  /** A click of the mouse, in px of the viewport. */
  clickAt(x: number, y: number): Promise<void>;
  /** `key`: a value of `KeyboardEvent.key`. */
  press(key: string): Promise<void>;
  /** Gives a file to the field for files. */
  upload(path: string): Promise<void>;
  /** Writes a PNG of what is in sight. */
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
};

export type DrivenBrowser = {
  version: string;
  newTab(viewport?: SizePx): Promise<Tab>;
  close(): Promise<void>;
};

/** Starts a browser whose storage is new; what its pages download lies in the folder. */
export type Launcher = (downloads: string) => Promise<DrivenBrowser>;
