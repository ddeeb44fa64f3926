// Workers that the page starts on behalf of another worker.
//
// A worker could start them itself, but Firefox may then block for ever in `new Worker` while developer tools or a WebDriver are attached:
// the thread that starts a worker inside a worker waits to be told that the debugger knows it, on the same condition on which the new
// thread waits for work, and the one wake-up may go to the new thread. The page's own thread does not wait there.

/** A worker that was started with a message. */
export type StartedWorker = {
  /** Its first message. */
  answer: Promise<unknown>;
  terminate(): unknown;
};

type Order = { pageWorker: { message: unknown; line: MessagePort } };
type Scope = { postMessage(message: Order, transfer: Transferable[]): void };

/**
 * Asks the page for a worker and has it started with this message. The message goes on the worker's own channel: WebKit lets no shared
 * memory through a MessagePort.
 */
export function startPageWorker(scope: Scope, message: unknown): StartedWorker {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<unknown>((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<{ answer: unknown } | null>) => {
      if (data) resolve(data.answer);
      else reject(new Error('the page could not start a worker'));
    };
  });
  scope.postMessage({ pageWorker: { message, line: port2 } }, [port2]);
  return { answer, terminate: () => port1.postMessage(null) };
}

/** Starts workers for `owner` when it asks for them, and ends those that are left once it has died. */
export function servePageWorkers(owner: Worker, open: () => Worker, died: Promise<unknown>): void {
  const started = new Set<Worker>();
  owner.addEventListener('message', ({ data }: MessageEvent<Partial<Order> | null>) => {
    if (!data?.pageWorker) return;
    const { message, line } = data.pageWorker;
    try {
      const worker = open();
      started.add(worker);
      worker.onmessage = (event) => line.postMessage({ answer: event.data });
      worker.onerror = (event) => {
        event.preventDefault();
        line.postMessage(null);
      };
      line.onmessage = () => {
        worker.terminate();
        started.delete(worker);
        line.close();
      };
      worker.postMessage(message);
    } catch {
      line.postMessage(null);
    }
  });
  void died.then(() => {
    for (const worker of started) worker.terminate();
  });
}
