// `tsx tests/checks/imports.ts`: holds src/ and workers/ to the table of rooms; exits with 1 on a violation.

import { checkImports } from './importRules.ts';

const { files, violations } = await checkImports();
for (const violation of violations) console.error(violation);
console.log(`${files} files, ${violations.length} violations of the table of rooms.`);
process.exitCode = violations.length > 0 ? 1 : 0;
