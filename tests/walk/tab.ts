// What the walk asks of a browser: tabs with real clicks and keys, and a folder for what is downloaded.

/** Arguments and results are plain data. */
export type InPage = <Given extends unknown[], Result>(
  action: (...given: Given) => Result | Promise<Result>,
  ...given: Given
) => Promise<Result>;

export type Tab = {
  /** Resolves when the document is loaded. */
  open(address: string): Promise<void>;
  reload(): Promise<void>;
  evaluate: InPage;
  /** A click of the mouse, in px of the viewport. */
  clickAt(x: number, y: number): Promise<void>;
  /** `key`: a value of `KeyboardEvent.key`. */
  press(key: string): Promise<void>;
  /** Gives a file to the first file field. */
  upload(path: string): Promise<void>;
  /** Of the window; a browser may have a least width. */
  resize(widthPx: number, heightPx: number): Promise<void>;
  /** Writes a PNG. */
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
};

export type DrivenBrowser = {
  version: string;
  newTab(): Promise<Tab>;
  close(): Promise<void>;
};

/** Starts a browser whose storage is new; what its pages download lies in the folder. */
export type Launcher = (downloads: string) => Promise<DrivenBrowser>;
