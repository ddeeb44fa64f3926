// Claims of the lessons hold on three seeds, by the runs that students train: what one update and weak judges show.

import { update } from '../../../src/lessons/update.ts';
import { weakJudges } from '../../../src/lessons/weakJudges.ts';
import { holdOnSeeds } from './claims.ts';

holdOnSeeds([update, weakJudges]);
