// What a user and bad luck do to a browser: the interface that the kills need, for each browser that is driven.

/** A browser with a profile of its own and at most one tab of the page. */
export interface Visitor {
  /** Starts the browser unless it runs, and opens the address in a new tab unless there is one. Does not wait for the page. */
  open(address: string): Promise<void>;
  /** Calls a function in the page. */
  evaluate<Given, Result>(work: (given: Given) => Result | Promise<Result>, given: Given): Promise<Result>;
  reload(): Promise<void>;
  closeTab(): Promise<void>;
  /** SIGKILL to the process that draws the page. */
  killTab(): Promise<void>;
  /** Closes the browser as a user does. */
  quit(): Promise<void>;
  /** SIGKILL to the browser. */
  kill(): Promise<void>;
}

export type VisitorOptions = {
  profileFolder: string;
  /** Runs in every page before its own programs. */
  inEveryPage: () => void;
};

/** SIGKILL; a process that is gone already is none the worse. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
