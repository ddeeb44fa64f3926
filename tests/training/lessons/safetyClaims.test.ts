// Claims of the lessons hold on three seeds, by the runs that students train: what safety training shows.

import { joint } from '../../../src/lessons/joint.ts';
import { newAttacks } from '../../../src/lessons/newAttacks.ts';
import { picture } from '../../../src/lessons/picture.ts';
import { reward } from '../../../src/lessons/reward.ts';
import { holdOnSeeds } from './claims.ts';

holdOnSeeds([picture, reward, joint, newAttacks]);
