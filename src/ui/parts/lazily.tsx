// Components whose code is loaded when they are first drawn, so that a view does not wait for it.

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

/**
 * Until the code is there `waiting` is said, or nothing is drawn. Where it cannot be loaded, the error is one of the view, and it is
 * asked for again when the component is next drawn.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting?: string,
): ComponentType<Props> {
  let Loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const state = useSignal<'waiting' | 'loaded' | { error: unknown }>('waiting');
    useEffect(() => {
      if (Loaded) return;
      load().then(
        (component) => {
          Loaded = component;
          state.value = 'loaded';
        },
        (error) => {
          state.value = { error };
        },
      );
    }, []);
    if (typeof state.value === 'object') throw state.value.error;
    if (Loaded) return <Loaded {...props} />;
    return waiting ? <p class="empty">{waiting}</p> : null;
  };
}
