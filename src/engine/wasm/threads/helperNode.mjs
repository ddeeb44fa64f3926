// Starts helper.ts in a worker thread of Node, where loaders for TypeScript are not inherited.

import { register } from 'tsx/esm/api';

register();
await import('./helper.ts');
