// Flags that npm took for itself, for no `--` stood before them: it leaves them in the environment.

import { UsageError } from '../base/errors.ts';

/** @param names flags without their dashes. @throws UsageError: without them the command would do something else than was asked. */
export function refuseEatenFlags(line: string, names: readonly string[], env = process.env): void {
  if (env.npm_lifecycle_event === undefined) return;
  const eaten = names.flatMap((name) => {
    // Of `--no-open` npm makes `open` without a value.
    const bare = name.replace(/^no-/, '');
    const value = env[`npm_config_${bare.replaceAll('-', '_')}`];
    return value === undefined ? [] : [value === '' ? `--no-${bare}` : `--${bare}`];
  });
  if (eaten.length === 0) return;
  throw new UsageError(
    `npm took ${eaten.join(', ')} for itself.`,
    `Write -- before the flags: ${line} -- ${eaten.join(' ')}`,
  );
}
