// Entry of the train thread. Its program is a module of its own: parts that are loaded later import from that, never from here, for
// WebKit would run the entry again for them, and each message would be answered twice.

import './trainProgram.ts';
