// Opens and closes the settings beside the run.

import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../parts/Button.tsx';
import { settingsOpen } from '../../state/form/settingsOpen.ts';

/** Of the element that holds them. */
export const SETTINGS_ID = 'settings';

export function SettingsButton() {
  const pressed = useRef(false);
  const open = settingsOpen.value;
  // In one column they stand below the run.
  useEffect(() => {
    if (open && pressed.current) document.getElementById(SETTINGS_ID)?.scrollIntoView({ block: 'nearest' });
    pressed.current = false;
  }, [open]);
  return (
    <Button
      label="Settings"
      aria-expanded={open}
      aria-controls={SETTINGS_ID}
      onClick={() => {
        pressed.current = true;
        settingsOpen.value = !open;
      }}
    />
  );
}
