// Entry of the store's thread; its program is a module of its own, as `inspector.worker.ts` says why.

import './storeProgram.ts';
