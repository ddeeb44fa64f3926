// Files dragged onto the page: what was dropped, and nothing for a file that misses the card that takes it.

/** What a drop holds: files, and the names of folders, which no browser reads as a file. */
export function droppedFiles(transfer: DataTransfer): { files: File[]; folders: string[] } {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of transfer.items) {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    if (!file) continue;
    if (item.webkitGetAsEntry?.()?.isDirectory) folders.push(file.name);
    else files.push(file);
  }
  return { files, folders };
}

/** A file dropped beside the card would be opened in the place of the page, with the run in it. */
export function preventStrayDrops(target: EventTarget = window): void {
  const prevent = (event: Event) => {
    const { dataTransfer } = event as DragEvent;
    if (event.defaultPrevented || !dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    dataTransfer.dropEffect = 'none';
  };
  target.addEventListener('dragover', prevent);
  target.addEventListener('drop', prevent);
}
