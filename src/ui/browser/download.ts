// Hands bytes to the user as a file, under a name that every file system takes.

/** Time after which the browser has surely taken the bytes. */
const KEEP_MS = 60_000;

export function download(bytes: Uint8Array, fileName: string, type = 'application/zip'): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}

export function fileStem(label: string): string {
  const plain = label
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 60) || 'run';
}
