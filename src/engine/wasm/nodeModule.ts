// Modules of Node, for code that also runs in browsers.

/** Imports one; its name is a value, not a word of the import, so that bundlers for the browser leave it alone. */
export const nodeModule = <Module>(name: string): Promise<Module> => import(/* @vite-ignore */ name);
