// The language of the browser, in a form that `Intl` takes.

/**
 * A browser in the locale "C" may call its language "C", which is none: `Intl` throws where it is given that. Libraries ask the
 * browser for its language as they load (the one of the charts does), so this is called before them.
 */
export function mendLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
  }
}
