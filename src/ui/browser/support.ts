// Can this browser run the page at all? If not, which one can.

/** Things that the page cannot do without, each with the test for it; the tests run in the page. */
const NEEDS: readonly { name: string; present: () => boolean }[] = [
  { name: 'module workers', present: moduleWorkers },
  { name: 'WebAssembly', present: () => typeof WebAssembly === 'object' },
  { name: 'IndexedDB', present: () => typeof indexedDB === 'object' && indexedDB !== null },
];

/** Names of what is missing; empty when the page can run. */
export function missingFeatures(): string[] {
  return NEEDS.filter((need) => !isPresent(need)).map(({ name }) => name);
}

/** What a browser forbids may throw as soon as it is looked at. */
function isPresent({ present }: (typeof NEEDS)[number]): boolean {
  try {
    return present();
  } catch {
    return false;
  }
}

export function supportMessage(missing: readonly string[]): string {
  return (
    `This browser lacks ${missing.join(' and ')}, which training needs. ` +
    'Chrome or Edge 111, Firefox 114, Safari 16.4 and anything newer can run this page.'
  );
}

/** A browser that knows module workers reads the `type` option. */
function moduleWorkers(): boolean {
  if (typeof Worker !== 'function') return false;
  let asked = false;
  const options: WorkerOptions = {
    get type(): WorkerType {
      asked = true;
      return 'module';
    },
  };
  try {
    const url = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
    new Worker(url, options).terminate();
    URL.revokeObjectURL(url);
  } catch {
    // Refused by a policy: the option was read before that, and that is what counts.
  }
  return asked;
}
