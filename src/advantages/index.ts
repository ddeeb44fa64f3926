// The advantages room: everything other rooms may use.

export * from './overlong.ts';
export * from './table.ts';
export * from './types.ts';
