// A view that throws: its place says so and offers a way on; what stands beside it lives on. Drawn into a document of a few lines.

import { useSignal } from '@preact/signals';
import { h, render } from 'preact';
import { expect, test, vi } from 'vitest';
import { lazily } from '../../src/ui/parts/lazily.tsx';
import { ViewBoundary } from '../../src/ui/shell/ViewBoundary.tsx';

/** As much of a DOM node as Preact asks for. */
class FakeNode {
  readonly childNodes: FakeNode[] = [];
  readonly attributes: { name: string; value: string }[] = [];
  readonly style = {};
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml';
  readonly listeners = new Map<string, (event: object) => void>();
  parentNode: FakeNode | null = null;

  constructor(
    readonly nodeType: number,
    readonly localName: string,
    public data = '',
  ) {}

  get ownerDocument() {
    return fakeDocument;
  }
  get firstChild(): FakeNode | null {
    return this.childNodes[0] ?? null;
  }
  get nextSibling(): FakeNode | null {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  get textContent(): string {
    return this.data + this.childNodes.map((child) => child.textContent).join('');
  }
  insertBefore(node: FakeNode, before: FakeNode | null): FakeNode {
    node.remove();
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, node);
    node.parentNode = this;
    return node;
  }
  appendChild(node: FakeNode): FakeNode {
    return this.insertBefore(node, null);
  }
  removeChild(node: FakeNode): void {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parentNode = null;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
  contains(node: FakeNode | null): boolean {
    return node !== null && (node === this || this.contains(node.parentNode));
  }
  setAttribute(): void {}
  removeAttribute(): void {}
  addEventListener(name: string, listener: (event: object) => void): void {
    this.listeners.set(name, listener);
  }
  removeEventListener(): void {}
  all(name: string): FakeNode[] {
    return this.childNodes.flatMap((child) => [
      ...(child.localName === name ? [child] : []),
      ...child.all(name),
    ]);
  }
}

const fakeDocument = {
  createElement: (name: string) => new FakeNode(1, name),
  createElementNS: (_: string, name: string) => new FakeNode(1, name),
  createTextNode: (text: string) => new FakeNode(3, '#text', text),
};
vi.stubGlobal('document', fakeDocument);

/** Waits until a text is drawn: Preact draws later, and code comes later still. */
function drawn(root: FakeNode, text: string): Promise<void> {
  return vi.waitFor(() => expect(root.textContent).toContain(text), 10_000);
}

test('an error of a view stays in its place, and the view can be tried again', async () => {
  let broken = true;
  let fail: () => void = () => undefined;
  function View() {
    const failing = useSignal(false);
    fail = () => {
      failing.value = true;
    };
    if (failing.value && broken) throw new Error('no such tensor');
    return h('p', null, 'curves');
  }
  const root = new FakeNode(1, 'body');
  const draw = (name: string) =>
    render(
      h(
        'div',
        null,
        h('p', null, 'transport'),
        h(ViewBoundary, { key: name, title: name, children: h(View, null) }),
      ),
      root as unknown as HTMLElement,
    );
  draw('Train');
  expect(root.textContent).toBe('transportcurves');
  fail();
  await drawn(root, 'The view Train has failed.');
  expect(root.textContent).toContain('transport');
  expect(root.textContent).toContain('no such tensor');
  expect(root.textContent).not.toContain('curves');
  // Another view begins without the error.
  draw('Runs');
  expect(root.textContent).toBe('transportcurves');
  fail();
  await drawn(root, 'The view Runs has failed.');
  broken = false;
  const retry = root.all('button').find((button) => button.textContent === 'Try again');
  retry?.listeners.get('click')?.call(retry, { type: 'click' });
  await drawn(root, 'curves');
  expect(root.textContent).toBe('transportcurves');
});

test('CASES 26: a view whose code is gone after a new deploy says so and offers a reload', async () => {
  const View = lazily(() =>
    Promise.reject(new TypeError('Failed to fetch dynamically imported module: a.js')),
  );
  const root = new FakeNode(1, 'body');
  const boundary = h(ViewBoundary, { title: 'Runs', children: h(View, {}) });
  render(boundary, root as unknown as HTMLElement);
  await drawn(root, 'The view Runs could not be loaded.');
  expect(root.textContent).toContain('a reload fetches that. A run in training goes on after it.');
  expect(root.all('button').map((button) => button.textContent)).toContain('Reload');
});
